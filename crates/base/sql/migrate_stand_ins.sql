-- what this server may have functions for instead of statements: surfaces, event triggers, publications of all tables,
-- attributes of roles
select
  to_regclass('ferrobase.surface') is not null,
  to_regprocedure('ferrobase.create_event_trigger(text, text, text[], regprocedure)') is not null and not rolsuper,
  to_regprocedure('ferrobase.create_publication(text, text[])') is not null and not rolsuper,
  to_regprocedure('ferrobase.role_with(text, text, text[])') is not null and not rolsuper
from pg_roles
where rolname = current_user
