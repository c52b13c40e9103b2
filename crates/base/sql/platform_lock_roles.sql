-- Roles belong to the whole cluster: another database of it may be set up at the same time.
select pg_temp.attempt('lock table pg_catalog.pg_authid in share row exclusive mode')
