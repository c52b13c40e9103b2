with answered as (
  insert into net._http_response (id, status_code, content_type, headers, content, timed_out, error_msg, created)
  select *
  from unnest(
    $1::bigint[], $2::integer[], $3::text[], $4::jsonb[], $5::text[], $6::boolean[], $7::text[], $8::timestamptz[])
)
delete from net.request_in_flight
where id = any ($1::bigint[])
