begin isolation level repeatable read read only;
set local search_path = '';
set local datestyle = 'iso';
set local intervalstyle = 'postgres';
set local bytea_output = 'hex';
set local extra_float_digits = 1;
set local statement_timeout = 0;
set local row_security = off
