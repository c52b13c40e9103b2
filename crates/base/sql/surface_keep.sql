insert into ferrobase.surface (name, schema, requires, script)
values ($1, $2, $3, $4)
on conflict (name) do update
  set schema = excluded.schema, requires = excluded.requires, script = excluded.script
