-- what was never fetched: its asker was cancelled
delete from ferrobase.http_exchange
where asked_at < $1::timestamptz - make_interval(secs => timeout_ms / 1000.0) - interval '5 minutes'
