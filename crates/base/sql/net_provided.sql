-- the real pg_net has no such table and sends its requests itself
select to_regclass('net.request_in_flight') is not null
