-- after sign-up the user's metadata is that of the identity, and its providers are those it has identities of
update auth.users u
set
  raw_user_meta_data = $2::jsonb
    || jsonb_strip_nulls(jsonb_build_object('sub', u.id, 'email', lower(nullif(u.email, ''))))
    || '{"email_verified": false, "phone_verified": false}',
  raw_app_meta_data = coalesce(u.raw_app_meta_data, '{}')
    || jsonb_build_object('provider', $3::text, 'providers', jsonb_build_array($3::text)),
  updated_at = $4::timestamptz
where u.id = $1::uuid
