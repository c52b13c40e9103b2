-- what whoever worked here before did not finish
with left_behind as (
  delete from net.request_in_flight
  returning id, method, url, headers, body, timeout_milliseconds
)
insert into net.http_request_queue (id, method, url, headers, body, timeout_milliseconds)
select id, method, url, headers, body, timeout_milliseconds
from left_behind
