update ferrobase.http_exchange
set taken = true
where id in (
  select id
  from ferrobase.http_exchange
  where not taken
  for update skip locked)
returning id, method, url, header_names, header_values, body, timeout_ms
