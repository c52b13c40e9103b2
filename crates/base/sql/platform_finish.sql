-- After every run of the platform migrations. Changes nothing when there is nothing to do.
do $$
declare
  handed_over regclass;
begin
  for handed_over in
    select oid
    from pg_class
    where relkind in ('r', 'p')
      and (relnamespace = 'auth'::regnamespace
           or (relnamespace = 'storage'::regnamespace
               and relname in ('buckets', 'objects', 's3_multipart_uploads', 's3_multipart_uploads_parts'))
           or oid = 'realtime.messages'::regclass)
      and relowner <> 'ferrobase_policy_owner'::regrole
  loop
    execute format('alter table %s owner to ferrobase_policy_owner', handed_over);
  end loop;

  perform realtime.maintain_message_partitions();
end
$$
