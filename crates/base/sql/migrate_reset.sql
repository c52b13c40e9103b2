reset role;
reset all
