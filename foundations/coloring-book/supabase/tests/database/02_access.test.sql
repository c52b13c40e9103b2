-- Who may do what, as attacks: every defect of the access rules by its id, with the right way beside it.
begin;
create extension if not exists pgtap with schema extensions;
select * from no_plan();

-- as Auth connects: with another search path
set local search_path = auth;
insert into auth.users (id, email) values
    ('00000000-0000-0000-0000-00000000000a', 'a@test.com'),
    ('00000000-0000-0000-0000-00000000000b', 'b@test.com'),
    ('00000000-0000-0000-0000-00000000000d', 'disabled@test.com');
reset search_path;
select results_eq(
    $$select plan, plan_blots, blots, pack_blots, storage_limit_bytes, blots_reset_at from public.profiles
      where owner_id = '00000000-0000-0000-0000-00000000000a'$$,
    $$values ('free', 50, 75, 0, 26843545600, now() + interval '1 month')$$,
    'S3-1 A3-229 C2 signing up makes the profile');
select results_eq(
    $$select type, subscription_delta from public.blot_transactions where owner_id = '00000000-0000-0000-0000-00000000000a'$$,
    $$values ('signup_grant', 75)$$, 'S3-7 C2 and its first Blots have their line');

insert into public.heroes (id, owner_id, name, description, audience, compiled_prompt, reference_key) values
    ('00000000-0000-0000-0000-0000000000a1', '00000000-0000-0000-0000-00000000000a', 'Hero A', 'd', 'children', 'p',
        '00000000-0000-0000-0000-00000000000a/hero'),
    ('00000000-0000-0000-0000-0000000000b1', '00000000-0000-0000-0000-00000000000b', 'Hero B', 'd', 'children', 'p',
        '00000000-0000-0000-0000-00000000000b/hero');
insert into public.projects (id, owner_id, name, page_count, audience, style_preset) values
    ('00000000-0000-0000-0000-0000000000a2', '00000000-0000-0000-0000-00000000000a', 'Book A', 3, 'toddler', 'kawaii'),
    ('00000000-0000-0000-0000-0000000000b2', '00000000-0000-0000-0000-00000000000b', 'Book B', 3, 'adult', 'botanical');
insert into public.pages (id, project_id, sort_order) values
    ('00000000-0000-0000-0000-0000000000a3', '00000000-0000-0000-0000-0000000000a2', 1),
    ('00000000-0000-0000-0000-0000000000b3', '00000000-0000-0000-0000-0000000000b2', 1);
insert into public.page_versions (page_id, asset_key, compiled_prompt) values
    ('00000000-0000-0000-0000-0000000000a3', 'k', 'p'), ('00000000-0000-0000-0000-0000000000b3', 'k', 'p');
insert into public.jobs (id, owner_id, project_id, type) values
    ('00000000-0000-0000-0000-0000000000a4', '00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-0000000000a2', 'export'),
    ('00000000-0000-0000-0000-0000000000b4', '00000000-0000-0000-0000-00000000000b', '00000000-0000-0000-0000-0000000000b2', 'export');
insert into public.job_items (job_id, page_id) values
    ('00000000-0000-0000-0000-0000000000a4', '00000000-0000-0000-0000-0000000000a3'),
    ('00000000-0000-0000-0000-0000000000b4', '00000000-0000-0000-0000-0000000000b3');
insert into public.assets (owner_id, type, r2_key, size_bytes) values
    ('00000000-0000-0000-0000-00000000000a', 'page', '00000000-0000-0000-0000-00000000000a/p/1', 100),
    ('00000000-0000-0000-0000-00000000000b', 'page', '00000000-0000-0000-0000-00000000000b/p/1', 100);
update public.profiles set disabled_at = now() where owner_id = '00000000-0000-0000-0000-00000000000d';

-- A
set local role authenticated;
set local request.jwt.claims = '{"sub": "00000000-0000-0000-0000-00000000000a", "role": "authenticated"}';

select is((select count(*) from public.profiles), 1::bigint, 'A3-025 S3-R1 reads the own profile');
select is((select count(*) from public.heroes), 1::bigint, 'A3-047 S3-R1 own heroes');
select is((select count(*) from public.projects), 1::bigint, 'A3-080 S3-R1 own projects');
select is((select count(*) from public.pages), 1::bigint, 'A3-096 S3-R1 own pages');
select is((select count(*) from public.page_versions), 1::bigint, 'A3-121 S3-R1 own versions');
select is((select count(*) from public.jobs), 1::bigint, 'A3-146 S3-R1 own jobs');
select is((select count(*) from public.job_items), 1::bigint, 'A3-165 S3-R1 own job items');
select is((select count(*) from public.assets), 1::bigint, 'A3-189 S3-R1 own assets');
select is((select count(*) from public.blot_transactions), 1::bigint, 'A3-209 S3-R1 own transactions');

select throws_ok(format('update public.profiles set %I = %s', col, value), '42501', null, 'S3-2 A3-026 cannot set ' || col)
from (values
    ('plan', '''studio'''), ('plan_blots', '100000'), ('blots', '1000000'), ('pack_blots', '1000000'),
    ('storage_limit_bytes', '9e15'), ('storage_used_bytes', '0'), ('commercial_projects_used', '-100'),
    ('stripe_customer_id', '''cus_B'''), ('payment_failed_at', 'null'), ('disabled_at', 'null'), ('blots_reset_at', 'now()')
) as attack (col, value);
select throws_ok($$insert into public.profiles (owner_id) values (gen_random_uuid())$$, '42501', null, 'S3-2 makes no profile');
select throws_ok(call, '42501', null, 'S3-8 Sx-C4 not for users: ' || call)
from unnest(array[
    $$select public.get_available_blots('00000000-0000-0000-0000-00000000000b')$$,
    $$select public.deduct_blots('00000000-0000-0000-0000-00000000000b', 10)$$,
    $$select public.refund_blots('00000000-0000-0000-0000-00000000000a', 1000, null, 'x')$$,
    $$select public.reset_subscription_blots('00000000-0000-0000-0000-00000000000a', 1000)$$,
    $$select public.add_upgrade_blots('00000000-0000-0000-0000-00000000000a', 1000)$$,
    $$select public.add_pack_blots('00000000-0000-0000-0000-00000000000a', 1000, 'topup', 's')$$,
    $$select public.finish_job('00000000-0000-0000-0000-0000000000a4', 'completed')$$,
    $$select public.claim_jobs(1)$$,
    $$select public.take_storage_purges(1)$$,
    $$select public.apply_stripe_event('{}')$$
]) as call;

-- heroes
select lives_ok($$insert into public.heroes (owner_id, name, description, audience, compiled_prompt, reference_key)
    values ('00000000-0000-0000-0000-00000000000a', 'Two', 'd', 'teen', 'p', '00000000-0000-0000-0000-00000000000a/two')$$,
    'A3-047 creates an own hero');
select throws_ok($$insert into public.heroes (owner_id, name, description, audience, compiled_prompt, reference_key)
    values ('00000000-0000-0000-0000-00000000000a', 'Two', 'd', 'teen', 'p', '00000000-0000-0000-0000-00000000000b/hero')$$,
    '42501', null, 'S3-11 not with another''s file');
select throws_ok($$insert into public.heroes (owner_id, name, description, audience, compiled_prompt, reference_key)
    values ('00000000-0000-0000-0000-00000000000b', 'Two', 'd', 'teen', 'p', '00000000-0000-0000-0000-00000000000a/two')$$,
    '42501', null, 'S3-R1 not for another');
select lives_ok($$update public.heroes set name = 'Renamed' where name = 'Two'$$, 'A3-047 renames an own hero');
select throws_ok($$update public.heroes set times_used = 1000$$, '42501', null, 'S3-25 counts nothing himself');
select throws_ok($$update public.heroes set reference_key = 'x'$$, '42501', null, 'S3-11 points to no other file');
select throws_ok($$delete from public.heroes$$, '42501', null, 'S3-16 deletes through delete_hero');

-- projects
select lives_ok($$insert into public.projects (owner_id, name, page_count, audience, style_preset, hero_id)
    values ('00000000-0000-0000-0000-00000000000a', 'Two', 2, 'teen', 'cartoon', '00000000-0000-0000-0000-0000000000a1')$$,
    'A3-080 creates an own project');
select is((select times_used from public.heroes where id = '00000000-0000-0000-0000-0000000000a1'), 1, 'A3-241 S3-25 the hero counts it');
select throws_ok(format('update public.projects set %I = %s', col, value), '42501', null, 'S3-9 A3-237 locked: ' || col)
from (values
    ('audience', '''adult'''), ('page_count', '45'), ('trim_size', '''6x9'''), ('style_preset', '''botanical'''),
    ('line_weight', '''fine'''), ('complexity', '''minimal'''), ('status', '''exported'''), ('style_anchor_key', '''x'''),
    ('deleted_at', 'now()'), ('owner_id', 'gen_random_uuid()')
) as attack (col, value);
select throws_ok($$insert into public.projects (owner_id, name, page_count, audience, style_preset, line_weight, complexity)
    values ('00000000-0000-0000-0000-00000000000a', 'x', 2, 'teen', 'cartoon', 'thick', 'minimal')$$, '42501', null,
    'S3-9 derived columns are derived');
select lives_ok($$update public.projects set name = 'Renamed', description = 'd' where name = 'Two'$$, 'A3-080 edits an own project');
select throws_ok($$update public.projects set hero_id = '00000000-0000-0000-0000-0000000000b1'$$, '23503', null,
    'S3-13 another''s hero is no hero');
select throws_ok($$delete from public.projects$$, '42501', null, 'S3-26 deletes through delete_project');

-- pages
select lives_ok($$insert into public.pages (project_id, sort_order, scene_brief)
    values ('00000000-0000-0000-0000-0000000000a2', 2, 'a cat')$$, 'A3-096 C25 creates an own page');
select throws_ok($$insert into public.pages (project_id, sort_order)
    values ('00000000-0000-0000-0000-0000000000b2', 2)$$, '42501', null, 'S3-R2 none in another''s project');
select throws_ok($$insert into public.pages (project_id, sort_order)
    values ('00000000-0000-0000-0000-0000000000b2', 45)$$, '42501', null, 'S3-R2 nor does he learn how many it has');
select throws_ok($$update public.pages set project_id = '00000000-0000-0000-0000-0000000000b2'$$, '42501', null,
    'S3-R3 moves no page away');
select throws_ok($$insert into public.pages (project_id, sort_order) values ('00000000-0000-0000-0000-0000000000a2', -1)$$,
    '23514', null, 'S3-18 no page before the first');
select throws_ok($$insert into public.pages (project_id, sort_order)
    select '00000000-0000-0000-0000-0000000000a2', n from generate_series(3, 51) as n$$, '23514', null,
    'S3-18 A3-242 no more pages than the project has');
select lives_ok($$update public.pages set sort_order = 3 - sort_order
    where project_id = '00000000-0000-0000-0000-0000000000a2'$$, 'S3-18 two pages swap');
select throws_ok($$update public.pages set current_version = 99 where id = '00000000-0000-0000-0000-0000000000a3'$$, '23503', null, 'S3-18 shows no version that is not there');
select lives_ok($$delete from public.pages where scene_brief = 'a cat'$$, 'A3-096 C25 deletes an own page');

-- versions, jobs, assets, ledger, config
select throws_ok(call, '42501', null, 'S3-10 C25 A3-121 versions are read: ' || call)
from unnest(array[
    $$update public.page_versions set blots_spent = 0, asset_key = 'B/p/1'$$,
    $$delete from public.page_versions$$,
    $$insert into public.page_versions (page_id, version, asset_key, compiled_prompt)
      values ('00000000-0000-0000-0000-0000000000a3', 2, 'k', 'p')$$
]) as call;
select throws_ok($$insert into public.jobs (owner_id, type, status, blots_reserved, blots_refunded)
    values ('00000000-0000-0000-0000-00000000000a', 'generation', 'completed', -5, 1000000)$$, '42501', null,
    'S3-14 A3-147 a job is asked for with create_job');
select throws_ok($$update public.jobs set status = 'completed'$$, '42501', null, 'S3-14 changes no job');
select throws_ok($$insert into public.job_items (job_id) values ('00000000-0000-0000-0000-0000000000a4')$$, '42501', null,
    'S3-14 adds no items');
select throws_ok($$insert into public.assets (owner_id, type, r2_key, size_bytes)
    values ('00000000-0000-0000-0000-00000000000a', 'page', '00000000-0000-0000-0000-00000000000a/x', -9000000000)$$, '42501', null,
    'S3-11 C25 A3-189 assets are registered by the backend');
select throws_ok($$delete from public.assets$$, '42501', null, 'S3-11 C25 and unregistered by it');
select throws_ok($$insert into public.blot_transactions (type) values ('refund')$$, '42501', null, 'S3-R5 writes no ledger');
select throws_ok($$update public.global_config set value = 'true'$$, '42501', null, 'S3-R4 turns no switch');
select set_eq($$select key from public.global_config$$,
    array['generation_enabled', 'export_enabled', 'signup_enabled', 'maintenance_mode'],
    'S3-17 A3-216 C26 reads switches, not thresholds');
select throws_ok($$truncate public.projects cascade$$, '42501', null, 'Sx-C2 cannot truncate');
select throws_ok($$select * from private.job_costs$$, '42501', null, 'A3-234 sees no price list');

-- deleting
select ok(public.delete_project('00000000-0000-0000-0000-0000000000a2'), 'S3-16 A3-240 deletes an own project');
select ok(not public.delete_project('00000000-0000-0000-0000-0000000000a2'), 'S3-16 once');
select ok(not public.delete_project('00000000-0000-0000-0000-0000000000b2'), 'S3-16 not another''s');
select is((select count(*) from public.projects where id = '00000000-0000-0000-0000-0000000000a2'), 0::bigint, 'S3-16 it is gone');
select is((select count(*) from public.pages where project_id = '00000000-0000-0000-0000-0000000000a2'), 0::bigint, 'S3-16 with its pages');
update public.projects set name = 'again' where id = '00000000-0000-0000-0000-0000000000a2';
select throws_ok($$insert into public.pages (project_id, sort_order) values ('00000000-0000-0000-0000-0000000000a2', 3)$$,
    '42501', null, 'S3-16 and takes no new ones');
select is((select count(*) from public.jobs), 1::bigint, 'S3-26 its jobs stay');
select ok(public.delete_hero('00000000-0000-0000-0000-0000000000a1'), 'S3-16 A3-240 deletes an own hero');
select throws_ok($$insert into public.projects (owner_id, name, page_count, audience, style_preset, hero_id)
    values ('00000000-0000-0000-0000-00000000000a', 'x', 2, 'teen', 'cartoon', '00000000-0000-0000-0000-0000000000a1')$$, '23503',
    null, 'S3-16 a deleted hero is for no new project');

-- a disabled account
set local request.jwt.claims = '{"sub": "00000000-0000-0000-0000-00000000000d", "role": "authenticated"}';
select throws_ok($$insert into public.projects (owner_id, name, page_count, audience, style_preset)
    values ('00000000-0000-0000-0000-00000000000d', 'x', 2, 'teen', 'cartoon')$$, '42501', null, 'S3-19 A3-233 makes no project');
select throws_ok($$insert into public.heroes (owner_id, name, description, audience, compiled_prompt, reference_key)
    values ('00000000-0000-0000-0000-00000000000d', 'x', 'd', 'teen', 'p', '00000000-0000-0000-0000-00000000000d/x')$$, '42501', null,
    'S3-19 A3-233 no hero');
select throws_ok($$select public.create_job('hero_creation')$$, 'PT403', null, 'S3-19 A3-233 and asks for no job');

-- nobody
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select set_eq($$select key from public.global_config$$,
    array['generation_enabled', 'export_enabled', 'signup_enabled', 'maintenance_mode'],
    'S3-17 C26 the switches are known before signing in');
select throws_ok(format('select * from public.%I', tab), '42501', null, 'S3-R1 anon reads no ' || tab)
from unnest(array['profiles', 'heroes', 'projects', 'pages', 'page_versions', 'jobs', 'job_items', 'assets',
    'blot_transactions']) as tab;
select throws_ok($$select public.create_job('hero_creation')$$, '42501', null, 'S3-8 anon asks for no job');
select throws_ok($$select public.deduct_blots('00000000-0000-0000-0000-00000000000b', 10)$$, '42501', null, 'S3-8 and takes no Blots');

-- the service and the owner of the tables
set local role service_role;
select throws_ok($$update public.page_versions set blots_spent = 0$$, '42501', null, 'S3-10 A3-243 nobody changes a version');
select throws_ok($$delete from public.blot_transactions$$, '42501', null, 'S3-7 A3-234 nobody deletes from the ledger');
select throws_ok($$update public.projects set audience = 'teen' where id = '00000000-0000-0000-0000-0000000000b2'$$, 'PT409', null,
    'S3-9 A3-237 the DNA is locked for the service too');
select lives_ok($$update public.projects set style_anchor_key = 'k', status = 'calibrating'
    where id = '00000000-0000-0000-0000-0000000000b2'$$, 'A3-239 the calibration sets the anchor');
select throws_ok(format('insert into public.assets (owner_id, type, r2_key, size_bytes) values (%L, ''page'', %L, 1)',
        '00000000-0000-0000-0000-00000000000b', key), '23514', null, 'S3-11 no such key: ' || left(key, 60))
from unnest(array['00000000-0000-0000-0000-00000000000a/x', 'x', '/00000000-0000-0000-0000-00000000000b/x',
    '00000000-0000-0000-0000-00000000000b/../x', '00000000-0000-0000-0000-00000000000b//x',
    '00000000-0000-0000-0000-00000000000b/', E'00000000-0000-0000-0000-00000000000b/\x01',
    '00000000-0000-0000-0000-00000000000b/' || repeat('x', 1024)]) as key;
select throws_ok($$insert into public.assets (owner_id, type, r2_key, size_bytes, project_id) values
    ('00000000-0000-0000-0000-00000000000b', 'page', '00000000-0000-0000-0000-00000000000b/q', 1, '00000000-0000-0000-0000-0000000000a2')$$,
    '23503', null, 'S3-13 an asset hangs on its owner''s project');
select throws_ok($$insert into public.jobs (owner_id, project_id, type) values
    ('00000000-0000-0000-0000-00000000000b', '00000000-0000-0000-0000-0000000000a2', 'export')$$, '23503', null,
    'S3-13 and so does a job');
select throws_ok($$insert into public.job_items (job_id, page_id) values
    ('00000000-0000-0000-0000-0000000000b4', '00000000-0000-0000-0000-0000000000a3')$$, '23503', null, 'S3-13 and its items');
reset role;
select throws_ok($$update public.page_versions set blots_spent = 0$$, '42501', null, 'S3-10 A3-243 not even the owner of the table');
select throws_ok($$truncate public.blot_transactions$$, '42501', null, 'S3-7 nor empties it the ledger');
select throws_ok($$insert into public.profiles (owner_id, stripe_customer_id)
    values ('00000000-0000-0000-0000-00000000000a', 'cus_1')$$, '23505', null, 'A3-021 one profile for each account');
update public.profiles set stripe_customer_id = 'cus_1' where owner_id = '00000000-0000-0000-0000-00000000000a';
select throws_ok($$update public.profiles set stripe_customer_id = 'cus_1'
    where owner_id = '00000000-0000-0000-0000-00000000000b'$$, '23505', null, 'S3-28 a customer is one account');

update public.global_config set value = 'false' where key = 'signup_enabled';
select throws_ok($$insert into auth.users (id, email) values (gen_random_uuid(), 'c@test.com')$$, 'PT403', null,
    'S3-17 A3-249 closed sign-ups are closed');

-- an account that goes leaves its accounts behind, without its name
delete from auth.users where id = '00000000-0000-0000-0000-00000000000a';
select is((select count(*) from public.projects where owner_id = '00000000-0000-0000-0000-00000000000a'), 0::bigint,
    'A3-074 projects go with the account');
select is((select owner_id::text || project_id from public.jobs where id = '00000000-0000-0000-0000-0000000000a4'), null,
    'C29 S3-26 the job stays, nobody''s');
select is((select owner_id from public.job_items where job_id = '00000000-0000-0000-0000-0000000000a4'), null, 'C29 S3-26 and so do its items');
select is((select count(*) from public.blot_transactions where owner_id is null), 1::bigint, 'C29 so does the ledger');
set local role service_role;
select is((select array_agg(r2_key) from public.take_storage_purges() as r2_key),
    array['00000000-0000-0000-0000-00000000000a/p/1'], 'S3-11 the files are queued for removal');

select * from finish();
rollback;
