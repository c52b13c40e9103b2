delete from net._http_response
where created < $1::timestamptz - coalesce(nullif(current_setting('pg_net.ttl', true), ''), '6 hours')::interval
