-- After every run of the platform migrations. Changes nothing when there is nothing to do.
do $$
declare
  handed_over record;
begin
  for handed_over in
    select oid::regclass as name, relnamespace::regnamespace as schema
    from pg_class
    where relkind in ('r', 'p')
      and (relnamespace = 'auth'::regnamespace
           or (relnamespace = 'storage'::regnamespace
               and relname in ('buckets', 'objects', 's3_multipart_uploads', 's3_multipart_uploads_parts'))
           or oid = 'realtime.messages'::regclass)
      and relowner <> 'ferrobase_policy_owner'::regrole
  loop
    -- only a superuser may give a table to a role that could not have made it
    execute format('grant create on schema %s to ferrobase_policy_owner', handed_over.schema);
    execute format('alter table %s owner to ferrobase_policy_owner', handed_over.name);
    execute format('revoke create on schema %s from ferrobase_policy_owner', handed_over.schema);
  end loop;

  perform realtime.maintain_message_partitions();
end
$$
