-- key by key, in the database, so that two changes at once both survive
update auth.users
set
  raw_app_meta_data = (coalesce(raw_app_meta_data, '{}') || $2::jsonb) - $3::text[],
  updated_at = $4::timestamptz
where id = $1::uuid
