-- Projects, pages, jobs, storage, and what happens by the clock.
begin;
create extension if not exists pgtap with schema extensions;
select * from no_plan();

insert into auth.users (id, email) values
    ('00000000-0000-0000-0000-00000000000a', 'a@test.com'), ('00000000-0000-0000-0000-00000000000b', 'b@test.com');
insert into public.projects (id, owner_id, name, page_count, audience, style_preset)
select ('00000000-0000-0000-0000-00000000010' || n)::uuid, '00000000-0000-0000-0000-00000000000a', 'Book', 4, audience, 'kawaii'
from unnest(array['toddler', 'children', 'tween', 'teen', 'adult']) with ordinality as u (audience, n);
select results_eq(
    $$select audience, line_weight, complexity from public.projects order by id$$,
    $$values ('toddler', 'thick', 'minimal'), ('children', 'thick', 'moderate'), ('tween', 'medium', 'moderate'),
        ('teen', 'medium', 'detailed'), ('adult', 'fine', 'intricate')$$,
    'A3-238 the audience decides weight and complexity');

-- versions
insert into public.pages (id, project_id, sort_order) values
    ('00000000-0000-0000-0000-000000000201', '00000000-0000-0000-0000-000000000101', 1),
    ('00000000-0000-0000-0000-000000000202', '00000000-0000-0000-0000-000000000101', 2),
    ('00000000-0000-0000-0000-000000000203', '00000000-0000-0000-0000-000000000102', 1);
select is((select current_version from public.pages where id = '00000000-0000-0000-0000-000000000201'), 1, 'A3-086 a page begins at one');
insert into public.page_versions (page_id, version, asset_key, compiled_prompt, seed, compiler_snapshot, edit_type) values
    ('00000000-0000-0000-0000-000000000201', 1, 'k1', 'p', '42', '{"x": 1}', 'initial');
insert into public.page_versions (page_id, asset_key, compiled_prompt, edit_type) values
    ('00000000-0000-0000-0000-000000000201', 'k2', 'p', 'inpaint');
select results_eq($$select version, seed from public.page_versions order by version$$, $$values (1, '42'), (2, null)$$,
    'A3-243 A3-244 every edit is a new version');
select is((select current_version from public.pages where id = '00000000-0000-0000-0000-000000000201'), 2, 'A3-243 S3-18 the page shows it');
update public.pages set current_version = 1 where id = '00000000-0000-0000-0000-000000000201';
select is((select current_version from public.pages where id = '00000000-0000-0000-0000-000000000201'), 1, 'A3-243 or an earlier one');
select throws_ok(format('insert into public.page_versions (page_id, version, asset_key, compiled_prompt, %s) values (%L, %s)',
        col, '00000000-0000-0000-0000-000000000202', rest), '23514', null, 'S3-22 ' || rest)
from (values ('quality_score', $$1, 'k', 'p', 17$$), ('blots_spent', $$1, 'k', 'p', -5$$), ('quality_score', $$-1, 'k', 'p', 0.5$$)) as bad (col, rest);

-- storage
insert into public.assets (owner_id, type, r2_key, size_bytes, project_id) values
    ('00000000-0000-0000-0000-00000000000a', 'page', '00000000-0000-0000-0000-00000000000a/1', 1000, '00000000-0000-0000-0000-000000000101');
create function public.test_used() returns bigint language sql as
    $$select storage_used_bytes from public.profiles where owner_id = '00000000-0000-0000-0000-00000000000a'$$;
select is(public.test_used(), 1000::bigint, 'A3-247 S3-24 an asset counts');
update public.assets set size_bytes = 1500;
select is(public.test_used(), 1500::bigint, 'S3-11 a new size counts');
select throws_ok($$insert into public.assets (owner_id, type, r2_key, size_bytes) values
    ('00000000-0000-0000-0000-00000000000a', 'page', '00000000-0000-0000-0000-00000000000a/2', 99999999999999)$$, 'PT402', null,
    'S3-12 A3-247 the limit is one');
select throws_ok($$update public.assets set size_bytes = 99999999999999$$, 'PT402', null, 'S3-12 for a new size too');
select throws_ok($$insert into public.assets (owner_id, type, r2_key, size_bytes) values
    ('00000000-0000-0000-0000-00000000000a', 'page', '00000000-0000-0000-0000-00000000000a/2', -9000000000)$$, '23514', null,
    'S3-11 no size below nothing');
select throws_ok($$insert into public.assets (owner_id, type, r2_key, size_bytes) values
    ('00000000-0000-0000-0000-00000000000a', 'page', '00000000-0000-0000-0000-00000000000a/1', 1)$$, '23505', null,
    'A3-248 a key is registered once');
delete from public.assets;
select is(public.test_used(), 0::bigint, 'A3-247 what is gone does not count');

-- jobs
set local role authenticated;
set local request.jwt.claims = '{"sub": "00000000-0000-0000-0000-00000000000a", "role": "authenticated"}';
select is((select blots_reserved from public.create_job('generation', '00000000-0000-0000-0000-000000000101')), 10,
    'S3-14 A3-245 a job reserves for its pages');
select is((select blots from public.profiles), 65, 'A3-245 and they are paid');
select is((select count(*) from public.job_items), 2::bigint, 'A3-246 an item for each page');
select throws_ok($$select public.create_job('generation', '00000000-0000-0000-0000-000000000101',
    array['00000000-0000-0000-0000-000000000203'::uuid])$$, 'PT404', null, 'S3-13 pages of this project only');
savepoint named;
select is((select total_items || ' ' || blots_reserved from public.create_job('generation', '00000000-0000-0000-0000-000000000101',
    array['00000000-0000-0000-0000-000000000202'::uuid])), '1 5', 'A3-246 or for the pages that are named');
rollback to savepoint named;
select throws_ok($$select public.create_job('generation', '00000000-0000-0000-0000-000000000103')$$, 'PT404', null, 'A3-246 a project without pages');
select throws_ok($$select public.create_job('generation')$$, '22023', null, 'A3-125 a generation has a project');
select throws_ok($$select public.create_job(null)$$, '22023', null, 'A3-126 a job has a type');
select throws_ok($$select public.create_job('generation', gen_random_uuid())$$, 'PT404', null, 'S3-13 a project that exists');
select is((select status from public.create_job('hero_creation')), 'pending'::public.job_status, 'A3-228 a hero');
select is((select blots_reserved from public.create_job('export', '00000000-0000-0000-0000-000000000101')), 0, 'A3-228 an export is free');

set local role service_role;
select is((select count(*) from public.claim_jobs(10)), 3::bigint, 'A3-137 workers claim');
select is_empty($$select * from public.claim_jobs(10)$$, 'A3-137 each job once');
update public.job_items set status = 'completed' where page_id = '00000000-0000-0000-0000-000000000201';
update public.job_items set status = 'failed', retry_count = 3 where page_id = '00000000-0000-0000-0000-000000000202';
select results_eq($$select total_items, completed_items, failed_items from public.jobs where type = 'generation'$$,
    $$values (2, 1, 1)$$, 'S3-25 A3-246 progress is counted from the items');
select public.finish_job(id, 'completed', 5) from public.jobs where type = 'generation';
select public.finish_job(id, 'completed', 5) from public.jobs where type = 'generation';
select results_eq($$select status::text, blots_reserved, blots_spent, blots_refunded from public.jobs where type = 'generation'$$,
    $$values ('completed', 10, 5, 5)$$, 'A3-245 S3-5 what was not spent goes back, once');
select is((select blots from public.profiles where owner_id = '00000000-0000-0000-0000-00000000000a'), 55, 'A3-245 75 - 10 - 15 + 5');
select throws_ok($$update public.jobs set status = 'pending' where type = 'generation'$$, 'PT409', null, 'C18 what has ended stays so');
select throws_ok($$update public.jobs set completed_items = 9 where type = 'generation'$$, '23514', null, 'S3-14 counts fit');
select throws_ok($$update public.jobs set blots_spent = 11 where type = 'generation'$$, '23514', null, 'S3-14 Blots fit');
select throws_ok($$select public.finish_job(gen_random_uuid(), 'failed')$$, 'PT404', null, 'A3-245 a job that exists');
select throws_ok($$select public.finish_job(id, 'pending') from public.jobs limit 1$$, '22023', null, 'C18 a job ends as ended');

set local role authenticated;
select is((select c.status from public.jobs as j, public.cancel_job(j.id) as c where j.type = 'hero_creation'),
    'cancelled'::public.job_status, 'C18 a user cancels');
select is((select blots_refunded from public.jobs where type = 'hero_creation'), 15, 'A3-245 and has the Blots back');
select throws_ok($$select public.cancel_job(id) from public.jobs where type = 'hero_creation'$$, 'PT409', null, 'C18 once');
select throws_ok($$select public.cancel_job(gen_random_uuid())$$, 'PT404', null, 'C18 a job that exists');
set local request.jwt.claims = '{"sub": "00000000-0000-0000-0000-00000000000b", "role": "authenticated"}';
select throws_ok($$select public.create_job('generation', '00000000-0000-0000-0000-000000000101')$$, 'PT404', null, 'S3-13 an own project');
select public.create_job('hero_creation') from generate_series(1, 5);
select is((select blots from public.profiles), 0, 'S3-14 five heroes are 75 Blots');
select throws_ok($$select public.create_job('hero_creation')$$, 'PT429', null, 'A3-258 five a minute');
reset role;
update public.jobs set created_at = now() - interval '2 minutes' where owner_id = '00000000-0000-0000-0000-00000000000b';
set local role authenticated;
select throws_ok($$select public.create_job('hero_creation')$$, 'PT402', null, 'S3-14 nothing without paying');
select is((select count(*) from public.jobs), 5::bigint, 'S3-14 and no job is left of it');
reset role;
update public.global_config set value = 'false' where key = 'generation_enabled';
select throws_ok($$select public.create_job('hero_creation')$$, 'PT503', null, 'S3-14 S3-17 A3-249 switched off is off');
update public.global_config set value = 'true' where key in ('generation_enabled', 'maintenance_mode');
select throws_ok($$select public.create_job('export')$$, 'PT503', null, 'A3-249 maintenance is for all');

-- free exports
update public.projects set status = 'exported' where id = '00000000-0000-0000-0000-000000000101';
update public.projects set name = 'x' where id = '00000000-0000-0000-0000-000000000101';
select is((select commercial_projects_used from public.profiles where owner_id = '00000000-0000-0000-0000-00000000000a'), 1,
    'A3-232 S3-25 the free plan counts its exports');
update public.profiles set plan = 'creator' where owner_id = '00000000-0000-0000-0000-00000000000a';
update public.projects set status = 'exported' where id = '00000000-0000-0000-0000-000000000102';
update public.profiles set plan = 'free' where owner_id = '00000000-0000-0000-0000-00000000000a';
select results_eq('select commercial_projects_used from public.profiles order by owner_id', 'values (1), (0)', 'A3-232 S3-25 of whoever exports, and no other plan does');

-- by the clock
update public.profiles set blots_reset_at = now() - interval '3 months 5 days' where owner_id = '00000000-0000-0000-0000-00000000000a';
select is(private.reset_due_blots(), 1, 'A3-231 a free month begins by itself');
select is(private.reset_due_blots(), 0, 'A3-231 once');
select results_eq($$select blots, blots_reset_at > now(), blots_reset_at < now() + interval '1 month' from public.profiles
    where owner_id = '00000000-0000-0000-0000-00000000000a'$$, $$values (50, true, true)$$, 'A3-231 C2 with fifty, on its day');
update public.jobs set status = 'processing', started_at = now() - interval '2 hours'
where id in (select id from public.jobs where owner_id = '00000000-0000-0000-0000-00000000000b' limit 2);
select is(private.fail_stuck_jobs(), 2, 'A3-245 dead workers do not keep Blots');
select is((select blots from public.profiles where owner_id = '00000000-0000-0000-0000-00000000000b'), 30, 'A3-245 they are back');
insert into public.assets (owner_id, type, r2_key, size_bytes, project_id) values
    ('00000000-0000-0000-0000-00000000000a', 'page', '00000000-0000-0000-0000-00000000000a/3', 5, '00000000-0000-0000-0000-000000000101');
update public.projects set deleted_at = now() - interval '31 days' where id = '00000000-0000-0000-0000-000000000101';
select is(private.purge_deleted(), 1, 'A3-240 what was deleted goes in the end');
select is(public.test_used(), 0::bigint, 'A3-247 with its files');
select is((select count(*) from public.jobs where owner_id = '00000000-0000-0000-0000-00000000000a' and project_id is null and type <> 'hero_creation'),
    2::bigint, 'S3-26 and without its jobs');
select is((select count(*) from cron.job where jobname in ('reset-due-blots', 'fail-stuck-jobs', 'purge-deleted')), 3::bigint,
    'A3-231 the clock is set');

select * from finish();
rollback;
