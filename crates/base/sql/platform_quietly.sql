select set_config('session_replication_role', 'replica', true)
where (select rolsuper from pg_roles where rolname = current_user)
