-- how many users all pages hold together
select count(*)
from auth.users u
where u.instance_id = '00000000-0000-0000-0000-000000000000'
  and u.aud = $1::text
  and ($2::text is null or u.email like $2::text or u.raw_user_meta_data ->> 'full_name' ilike $2::text)
