-- The states of a job, and what may become what.

-- from common/job_states.sql
--   waiting = queued
--   running = processing
--   finished = completed, failed, partial, cancelled
--   abandoned = failed, cancelled
--   fixed = id, user_id, created_at
--   function = enforce_job_state
-- The states of a job.
--
--   queued ──► processing ──► completed | failed | partial | cancelled
--      └──────────────────────────────► failed | cancelled
--
-- A finished job never changes again; sending the same values once more is not a change, so a worker may repeat a
-- report whose answer it did not get. Two workers that claim a job with `status=eq.queued` in their filter cannot both
-- get it.
create function public.enforce_job_state()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
    finished constant text[] := array['completed', 'failed', 'partial', 'cancelled'];
begin
    if tg_op = 'UPDATE' then
        new.updated_at = old.updated_at; -- the next trigger sets it; not a change of its own
        if old.status = any (finished) and new is distinct from old then
            -- PT409 is HTTP 409 Conflict to REST clients.
            raise exception 'job % is finished', old.id
                using errcode = 'PT409',
                    detail = format('A job that is %s no longer changes.', old.status),
                    hint = 'Create a new job.';
        end if;
        if (new.id, new.user_id, new.created_at) is distinct from (old.id, old.user_id, old.created_at) then
            raise exception 'id, user_id and created_at of job % cannot change', old.id
                using errcode = 'PT409';
        end if;
        if new.status <> old.status and not (
            old.status = 'queued' and new.status in ('processing', 'failed', 'cancelled')
            or old.status = 'processing' and new.status = any (finished)
        ) then
            raise exception 'job % cannot go from % to %', old.id, old.status, new.status
                using errcode = 'PT409',
                    hint = 'queued → processing → completed, failed, partial or cancelled.';
        end if;
        -- Completing without a word about progress means all of it.
        if new.status = 'completed' and new.progress = old.progress then
            new.progress = 100;
        end if;
    end if;
    if new.status = any (finished) and new.completed_at is null then
        new.completed_at = now();
    end if;
    return new;
end;
$$;

create trigger jobs_enforce_state
    before insert or update on public.jobs
    for each row execute function public.enforce_job_state();

revoke all on function public.enforce_job_state() from public, anon, authenticated, service_role;
-- end common/job_states.sql
