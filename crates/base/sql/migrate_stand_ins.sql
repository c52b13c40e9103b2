-- what this server may have functions for instead of statements: surfaces, and event triggers
select
  to_regclass('ferrobase.surface') is not null,
  to_regprocedure('ferrobase.create_event_trigger(text, text, text[], regprocedure)') is not null
    and not (select rolsuper from pg_roles where rolname = current_user)
