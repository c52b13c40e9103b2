with taken as (
  delete from net.http_request_queue
  where id in (
    select id
    from net.http_request_queue
    order by id
    limit $1
    for update skip locked)
  returning id, method, url, headers, body, timeout_milliseconds
), kept as (
  insert into net.request_in_flight (id, method, url, headers, body, timeout_milliseconds)
  select id, method, url, headers, body, timeout_milliseconds
  from taken
)
select
  id, upper(method), url,
  array(select key from jsonb_each_text(headers) order by key),
  array(select coalesce(value, '') from jsonb_each_text(headers) order by key),
  encode(body, 'base64'), timeout_milliseconds
from taken
order by id
