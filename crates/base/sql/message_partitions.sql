select set_config('lock_timeout', '2s', true), realtime.message_partitions_at($1)
