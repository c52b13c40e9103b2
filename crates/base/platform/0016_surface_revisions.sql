-- How the surfaces in this database come to the form that this binary has (src/surfaces/upgrade.rs). A surface keeps the
-- version of the extension it stands for, so its own form has a number beside: the revision. Without a row it is 1.
-- Where that is kept comes from sql/platform_begin.sql, because scripts that run before this file say it.

-- What this database has, as an extension or, on a server that does not offer them, as objects.
create function ferrobase.surfaces_here() returns table (name text, version text, revision integer)
  language sql stable
  set search_path = pg_catalog, pg_temp
  as $$
    select here.name, here.version, coalesce(surface_revision.revision, 1)
    from (
      select extname::text as name, extversion as version from pg_extension
      union all
      select created_surface.name, null from ferrobase.created_surface
    ) as here
    left join ferrobase.surface_revision using (name)
  $$;

-- From one revision to the next, where it is objects: what the script makes belongs to the surface from then on.
create function ferrobase.upgrade_surface(surface_name text, surface_revision integer, script text) returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
declare
  created ferrobase.created_surface;
  before text[];
begin
  select * into strict created from ferrobase.created_surface where name = surface_name;
  before := ferrobase.objects_in(created.schema);
  execute replace(script, '@extschema@', quote_ident(created.schema));
  update ferrobase.created_surface
  set objects = created.objects || array(
    select object
    from unnest(ferrobase.objects_in(created.schema)) with ordinality as objects (object, place)
    where object <> all (before)
    order by place)
  where name = surface_name;
  perform ferrobase.keep_surface_revision(surface_name, surface_revision);
end
$$;

revoke execute on function
  ferrobase.surfaces_here(), ferrobase.upgrade_surface(text, integer, text)
from public;
