-- What happened (audit log), and two tables of upstream's past that tools still look for.

create table auth.audit_log_entries (
  instance_id uuid,
  id uuid not null constraint audit_log_entries_pkey primary key,
  payload json,
  created_at timestamptz,
  ip_address varchar(64) not null default ''
);

create index audit_logs_instance_id_idx on auth.audit_log_entries (instance_id);

create table auth.instances (
  id uuid not null constraint instances_pkey primary key,
  uuid uuid,
  raw_base_config text,
  created_at timestamptz,
  updated_at timestamptz
);

create table auth.schema_migrations (
  version varchar(255) not null constraint schema_migrations_pkey primary key
);

comment on table auth.audit_log_entries is 'Who did what to which account.';
comment on table auth.instances is 'Unused; every user belongs to instance 00000000-0000-0000-0000-000000000000.';
comment on table auth.schema_migrations is 'Unused; the platform keeps its own record of migrations.';
