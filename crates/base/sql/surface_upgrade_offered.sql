select from pg_available_extension_versions
where name = $1 and version = $2
