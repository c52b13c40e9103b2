-- replication slots and how far behind their readers are
select to_json(report)::text
from (
  select
    s.slot_name as name,
    s.active,
    coalesce(r.state, 'N/A') as state,
    coalesce(r.client_addr::text, 'N/A') as replication_client_address,
    round(pg_wal_lsn_diff(
      case when pg_is_in_recovery() then pg_last_wal_receive_lsn() else pg_current_wal_lsn() end, s.restart_lsn
    ) / (1024 ^ 3)::numeric, 2) as replication_lag_gb
  from pg_replication_slots s
  left join pg_stat_replication r on r.pid = s.active_pid
  order by s.slot_name
) report
