-- What a presented refresh token ($1) is worth, and everything that follows from it. Runs behind lock_session.sql.
--   rotated  it is good: it is revoked and $2 is its child
--   active   it was used, but whoever used it may not have got the answer: its only child is given once more
--   reused   someone has kept it: with rotation on ($5) the whole family is revoked
with presented as (
  select id, token, user_id, session_id, instance_id, coalesce(revoked, false) as is_revoked, updated_at
  from auth.refresh_tokens
  where token = $1::text
),
active as (
  select t.token, t.parent
  from auth.refresh_tokens t
  join presented p on p.session_id = t.session_id
  where t.revoked is not true
  order by t.id desc
  limit 1
),
decision as (
  select
    p.*,
    a.token as active_token,
    case
      when not p.is_revoked then 'rotated'
      when a.parent = p.token then 'active'
      when p.updated_at + make_interval(secs => $4::integer) >= $3::timestamptz then 'rotated'
      else 'reused'
    end as outcome
  from presented p
  left join active a on true
),
revoked as (
  update auth.refresh_tokens t
  set
    revoked = true,
    -- a token of a revoked family is not good within the reuse interval either
    updated_at = case d.outcome
      when 'rotated' then $3::timestamptz
      else $3::timestamptz - make_interval(secs => $4::integer + 1)
    end
  from decision d
  where (d.outcome = 'rotated' and t.id = d.id)
    or (d.outcome = 'reused' and $5::boolean and t.session_id = d.session_id and t.revoked is not true)
),
child as (
  insert into auth.refresh_tokens (instance_id, token, user_id, revoked, created_at, updated_at, parent, session_id)
  select d.instance_id, $2::text, d.user_id, false, $3::timestamptz, $3::timestamptz, d.token, d.session_id
  from decision d
  where d.outcome = 'rotated'
),
refreshed as (
  update auth.sessions s
  set refreshed_at = $3::timestamptz at time zone 'utc', user_agent = $6::text, ip = $7::inet
  from decision d
  where s.id = d.session_id and d.outcome <> 'reused'
),
audited as (
  insert into auth.audit_log_entries (instance_id, id, payload, created_at)
  select d.instance_id, gen_random_uuid(), entry.payload, $3::timestamptz
  from decision d
  join (values ($8::json, true), ($9::json, false)) as entry (payload, always)
    on d.outcome = 'rotated' or (d.outcome = 'active' and entry.always)
)
select outcome, case outcome when 'rotated' then $2::text when 'active' then active_token end
from decision
