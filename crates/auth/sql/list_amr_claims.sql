select authentication_method, floor(extract(epoch from updated_at))::bigint
from auth.mfa_amr_claims
where session_id = $1::uuid
order by updated_at desc
