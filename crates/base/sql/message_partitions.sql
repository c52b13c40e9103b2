select
  -- not for long in the way of others
  set_config('lock_timeout', '2s', true),
  -- and no business of a project's event triggers
  case when rolsuper then set_config('session_replication_role', 'replica', true) end,
  realtime.message_partitions_at($1)
from pg_roles
where rolname = current_user
