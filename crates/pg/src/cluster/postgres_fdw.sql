-- As on a hosted project, where the wrapper is theirs. Without a password nobody enters by it (the socket does not ask for
-- one, so not by the socket either), and only superusers may waive that.
grant usage on foreign data wrapper postgres_fdw to postgres with grant option;
