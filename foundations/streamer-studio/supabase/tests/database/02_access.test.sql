-- Who may do what, as attacks: every defect of the access rules by its id, with the right way beside it.
begin;
create extension if not exists pgtap with schema extensions;
select * from no_plan();

insert into auth.users (id, email, email_confirmed_at, raw_user_meta_data) values
    ('00000000-0000-0000-0000-00000000000a', 'a@test.com', now(), '{"full_name": "A", "avatar_url": "https://a"}'),
    ('00000000-0000-0000-0000-00000000000b', 'b@test.com', null, '{"display_name": "B", "avatar_url": "javascript:x"}');
insert into public.brand_kits (id, user_id, name, is_active) values
    ('00000000-0000-0000-0000-0000000000c1', '00000000-0000-0000-0000-00000000000a', 'A''s kit', true),
    ('00000000-0000-0000-0000-0000000000c2', '00000000-0000-0000-0000-00000000000b', 'B''s kit', true);
insert into public.generation_jobs (id, user_id, asset_type, brand_kit_id) values
    ('00000000-0000-0000-0000-0000000000f1', '00000000-0000-0000-0000-00000000000a', 'banner', '00000000-0000-0000-0000-0000000000c1'),
    ('00000000-0000-0000-0000-0000000000f2', '00000000-0000-0000-0000-00000000000b', 'banner', '00000000-0000-0000-0000-0000000000c2');
insert into public.assets (id, user_id, job_id, brand_kit_id, asset_type, cdn_url, storage_key, is_public, prompt_used,
    generation_params) values
    ('00000000-0000-0000-0000-0000000000d1', '00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-0000000000f1',
        '00000000-0000-0000-0000-0000000000c1', 'banner', 'https://cdn/a', 'a/1', false, 'secret prompt', '{"seed": 1}'),
    ('00000000-0000-0000-0000-0000000000d2', '00000000-0000-0000-0000-00000000000b', '00000000-0000-0000-0000-0000000000f2',
        null, 'banner', 'https://cdn/b', 'b/1', true, 'secret prompt', '{"seed": 2}'),
    ('00000000-0000-0000-0000-0000000000d3', '00000000-0000-0000-0000-00000000000b', null,
        null, 'banner', 'https://cdn/b3', 'b/3', true, 'over', '{}');
update public.assets set expires_at = now() - interval '1 second' where id = '00000000-0000-0000-0000-0000000000d3';
insert into public.platform_connections (user_id, platform, platform_user_id, access_token_encrypted) values
    ('00000000-0000-0000-0000-00000000000a', 'twitch', 'a-tv', 'cipher'),
    ('00000000-0000-0000-0000-00000000000b', 'twitch', 'b-tv', 'cipher');

select results_eq(
    $$select id, email, email_verified, display_name, avatar_url, subscription_tier, subscription_status from public.users order by id$$,
    $$values ('00000000-0000-0000-0000-00000000000a'::uuid, 'a@test.com', true, 'A', 'https://a', 'free', 'none'),
             ('00000000-0000-0000-0000-00000000000b'::uuid, 'b@test.com', false, 'B', null, 'free', 'none')$$,
    'S2-4 Sx-C10 C16 signing up makes the profile, with what fits of what was typed');
select is((select count(*) from public.subscriptions), 2::bigint, 'A2-104 and the free plan');
update auth.users set email = 'b2@test.com', email_confirmed_at = now() where id = '00000000-0000-0000-0000-00000000000b';
select results_eq($$select email, email_verified from public.users where id = '00000000-0000-0000-0000-00000000000b'$$,
    $$values ('b2@test.com', true)$$, 'C3 the address and its confirmation follow auth.users');
insert into auth.users (id, email, is_sso_user) values ('00000000-0000-0000-0000-00000000000e', 'a@test.com', true);
select is((select email from public.users where id = '00000000-0000-0000-0000-00000000000e'), null,
    'S2-4 an address another account has never refuses a sign-up');
select throws_ok($$update public.users set email = 'a@test.com' where id = '00000000-0000-0000-0000-00000000000b'$$,
    '23505', null, 'A2-180 an address is registered once');

-- A
set local role authenticated;
set local request.jwt.claims = '{"sub": "00000000-0000-0000-0000-00000000000a", "role": "authenticated"}';

select is((select count(id) from public.users), 1::bigint, 'A2-131 S2-R1 A2-177 reads only the own profile');
select lives_ok($$update public.users set display_name = 'New', avatar_url = 'https://n'$$, 'A2-133 changes name and picture');
select throws_ok(format('update public.users set %I = %s', col, value), '42501', null, 'S2-1 cannot set ' || col)
from (values
    ('subscription_tier', '''studio'''), ('subscription_status', '''active'''), ('assets_generated_this_month', '-999'),
    ('email_verified', 'true'), ('password_hash', '''x'''), ('stripe_customer_id', '''cus_victim'''),
    ('email', '''victim@corp.com'''), ('id', 'gen_random_uuid()'), ('created_at', 'now()')
) as attack (col, value);
select throws_ok($$select password_hash from public.users$$, '42501', null, 'S2-5 A2-005 the column of passwords is closed');
select throws_ok($$insert into public.users (id) values (gen_random_uuid())$$, '42501', null, 'A2-132 makes no profile');
select throws_ok($$delete from public.users$$, '42501', null, 'A2-134 deletes no profile');
select throws_ok($$select public.increment_user_usage('00000000-0000-0000-0000-00000000000b')$$, '42501', null,
    'S2-2 C24 cannot burn a quota');
select throws_ok($$select public.reset_monthly_usage('00000000-0000-0000-0000-00000000000a')$$, '42501', null,
    'S2-2 C24 cannot reset the own usage');

select is((select count(*) from public.brand_kits), 1::bigint, 'A2-135 S2-R1 reads own kits');
select lives_ok($$insert into public.brand_kits (user_id, name, primary_colors, fonts, tone)
    values ('00000000-0000-0000-0000-00000000000a', 'Two', '{#ff0055,#FFF}', '{"headline": "Inter", "body": "Lora"}', 'casual')$$,
    'A2-136 A2-162 creates an own kit');
select throws_ok($$insert into public.brand_kits (user_id, name) values ('00000000-0000-0000-0000-00000000000b', 'x')$$,
    '42501', null, 'A2-136 not for another');
select lives_ok($$update public.brand_kits set name = 'Renamed' where name = 'Two'$$, 'A2-137 updates own kits');
select throws_ok($$update public.brand_kits set is_active = true where name = 'Renamed'$$, '23505', null,
    'A2-182 A2-157 one active kit at a time');
select lives_ok($$select public.activate_brand_kit(id) from public.brand_kits where name = 'Renamed'$$,
    'A2-182 activating puts the one before aside');
select is((select name from public.brand_kits where is_active), 'Renamed', 'A2-157 and there is one');
select throws_ok($$select public.activate_brand_kit('00000000-0000-0000-0000-0000000000c2')$$, 'PT404', null,
    'S2-R1 cannot activate another''s kit');
select throws_ok($$update public.brand_kits set user_id = '00000000-0000-0000-0000-00000000000b'$$, '42501', null,
    'S2-R4 gives no kit away');
select throws_ok(format('insert into public.brand_kits (user_id, name, %I) values (%L, ''x'', %L)', col,
        '00000000-0000-0000-0000-00000000000a', value), '23514', null, 'S2-14 refuses ' || col || ' ' || value)
from (values
    ('primary_colors', '{javascript:alert(1)}'), ('accent_colors', '{#12}'), ('primary_colors', '{NULL}'),
    ('tone', 'angry'), ('fonts', '[]'), ('fonts', '{"headline": 1}'), ('fonts', '{"extra": "x"}'),
    ('logo_url', 'javascript:alert(1)')
) as bad (col, value);
select lives_ok($$delete from public.brand_kits where name = 'Renamed'$$, 'A2-138 deletes own kits');

select is((select count(*) from public.generation_jobs), 1::bigint, 'A2-139 S2-R1 reads own jobs');
select lives_ok($$insert into public.generation_jobs (user_id, asset_type, brand_kit_id, custom_prompt)
    values ('00000000-0000-0000-0000-00000000000a', 'thumbnail', '00000000-0000-0000-0000-0000000000c1', 'p')$$,
    'A2-140 asks for a job');
select throws_ok($$insert into public.generation_jobs (user_id, asset_type)
    values ('00000000-0000-0000-0000-00000000000b', 'thumbnail')$$, '42501', null, 'A2-140 not for another');
select throws_ok(format('insert into public.generation_jobs (user_id, asset_type, %I) values (%L, ''banner'', %s)', col,
        '00000000-0000-0000-0000-00000000000a', value), '42501', null, 'S2-8 cannot forge ' || col)
from (values
    ('status', '''completed'''), ('completed_assets', '99'), ('failed_assets', '1'), ('retry_count', '-5'),
    ('started_at', 'now()'), ('completed_at', 'now()'), ('error_message', '''x'''), ('created_at', 'now()')
) as forged (col, value);
select throws_ok($$insert into public.generation_jobs (user_id, asset_type, brand_kit_id)
    values ('00000000-0000-0000-0000-00000000000a', 'banner', '00000000-0000-0000-0000-0000000000c2')$$, '23503', null,
    'S2-8 A2-178 another''s kit is no kit');
select throws_ok($$insert into public.generation_jobs (user_id, asset_type, parent_job_id)
    values ('00000000-0000-0000-0000-00000000000a', 'banner', '00000000-0000-0000-0000-0000000000f2')$$, '23503', null,
    'S2-8 another''s job is no parent');
select throws_ok($$insert into public.generation_jobs (user_id, asset_type, job_type)
    values ('00000000-0000-0000-0000-00000000000a', 'banner', null)$$, '23502', null, 'S2-14 a job has a type');
select throws_ok($$update public.generation_jobs set status = 'completed', completed_assets = 99, retry_count = -5$$,
    '42501', null, 'S2-8 cannot finish a job');
select lives_ok($$update public.generation_jobs set custom_prompt = 'better' where id = '00000000-0000-0000-0000-0000000000f1'$$,
    'A2-141 C22 changes the prompt of a queued job');
select is((select custom_prompt from public.generation_jobs where id = '00000000-0000-0000-0000-0000000000f1'), 'better',
    'A2-141 C22 and it is changed');
select throws_ok($$delete from public.generation_jobs$$, '42501', null, 'A2-142 S2-R3 deletes no job');
select lives_ok($$select public.cancel_generation_job('00000000-0000-0000-0000-0000000000f1')$$, 'C22 cancels an own job');
select throws_ok($$select public.cancel_generation_job('00000000-0000-0000-0000-0000000000f1')$$, 'PT409', null,
    'C22 cancels it once');
select throws_ok($$select public.cancel_generation_job('00000000-0000-0000-0000-0000000000f2')$$, 'PT404', null,
    'C22 cancels nobody else''s');
select throws_ok($$select public.claim_generation_jobs(1)$$, '42501', null, 'S2-8 claims no jobs');

select set_eq($$select id from public.assets$$,
    $$values ('00000000-0000-0000-0000-0000000000d1'::uuid), ('00000000-0000-0000-0000-0000000000d2'::uuid)$$,
    'A2-143 S2-6 sees own and public assets, none that is over');
select throws_ok(format('select %I from public.assets', col), '42501', null, 'S2-6 the table does not tell ' || col)
from unnest(array['prompt_used', 'generation_params', 'storage_key']) as col;
select results_eq($$select prompt_used, storage_key from public.asset_generation('00000000-0000-0000-0000-0000000000d1')$$,
    $$values ('secret prompt', 'a/1')$$, 'S2-6 its maker may know');
select is_empty($$select * from public.asset_generation('00000000-0000-0000-0000-0000000000d2')$$, 'S2-6 and nobody else');
select throws_ok($$insert into public.assets (user_id, asset_type, expires_at)
    select '00000000-0000-0000-0000-00000000000a', 'banner', null from generate_series(1, 50)$$, '42501', null,
    'S2-10 A2-144 C23 assets are made by the backend');
select throws_ok(format('update public.assets set %I = %s', col, value), '42501', null, 'S2-10 C23 cannot set ' || col)
from (values
    ('expires_at', 'null'), ('cdn_url', '''https://evil'''), ('viral_score', '100'), ('storage_key', '''b/1'''),
    ('user_id', 'gen_random_uuid()'), ('job_id', 'null')
) as attack (col, value);
select lives_ok($$update public.assets set is_public = true where id = '00000000-0000-0000-0000-0000000000d1'$$,
    'A2-145 C23 shows an own asset');
update public.assets set is_public = false where id = '00000000-0000-0000-0000-0000000000d2';
delete from public.assets where id = '00000000-0000-0000-0000-0000000000d2';
select is((select count(*) from public.assets where id = '00000000-0000-0000-0000-0000000000d2' and is_public), 1::bigint,
    'S2-R1 A2-145 A2-146 another''s public asset can only be looked at');
select lives_ok($$delete from public.assets where id = '00000000-0000-0000-0000-0000000000d1'$$, 'A2-146 deletes an own asset');

select is((select count(*) from public.platform_connections where user_id is not null), 1::bigint, 'A2-147 S2-R1 reads own connections');
select throws_ok(format('select %I from public.platform_connections', col), '42501', null, 'S2-9 A2-159 never sees ' || col)
from unnest(array['access_token_encrypted', 'refresh_token_encrypted']) as col;
select throws_ok($$insert into public.platform_connections (user_id, platform, platform_user_id, access_token_encrypted)
    values ('00000000-0000-0000-0000-00000000000a', 'youtube', 'yt', 'planted')$$, '42501', null,
    'S2-9 A2-148 C23 connections are made by the backend');
select throws_ok($$update public.platform_connections set access_token_encrypted = 'planted'$$, '42501', null,
    'S2-9 A2-149 plants no token');
select throws_ok($$update public.platform_connections set platform_user_id = 'other'$$, '42501', null,
    'S2-9 A2-149 claims no channel');
select lives_ok($$update public.platform_connections set is_active = false$$, 'A2-149 pauses an own connection');
select lives_ok($$delete from public.platform_connections$$, 'A2-150 removes own connections');

select is((select count(*) from public.subscriptions), 1::bigint, 'A2-151 S2-R2 reads the own subscription');
select throws_ok($$update public.subscriptions set tier = 'studio'$$, '42501', null, 'A2-153 S2-R2 upgrades nobody');
select throws_ok($$insert into public.subscriptions (user_id, tier)
    values ('00000000-0000-0000-0000-00000000000a', 'studio')$$, '42501', null, 'A2-152 subscribes nobody');
select throws_ok($$delete from public.subscriptions$$, '42501', null, 'A2-154 ends no subscription');
select throws_ok($$truncate public.assets cascade$$, '42501', null, 'Sx-C2 cannot truncate');
select throws_ok($$select * from private.plans$$, '42501', null, 'A2-160 sees no plan table');
select throws_ok($$select public.take_storage_purges(10)$$, '42501', null, 'S2-10 takes no files away');

-- nobody
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select set_eq($$select id from public.assets$$, $$values ('00000000-0000-0000-0000-0000000000d2'::uuid)$$,
    'A2-155 S2-6 sees public assets that are not over');
select throws_ok(format('select %I from public.assets where is_public', col), '42501', null, 'S2-6 anon does not learn ' || col)
from unnest(array['user_id', 'prompt_used', 'storage_key', 'generation_params', 'job_id']) as col;
select throws_ok(format('select * from public.%I', tab), '42501', null, 'A2-177 anon reads no ' || tab)
from unnest(array['users', 'brand_kits', 'generation_jobs', 'platform_connections', 'subscriptions']) as tab;
select throws_ok($$select public.increment_user_usage('00000000-0000-0000-0000-00000000000b')
    from generate_series(1, 100)$$, '42501', null, 'S2-2 anon burns no quota');
select throws_ok($$truncate public.users cascade$$, '42501', null, 'Sx-C2 anon cannot truncate');

-- the service
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select is((select count(*) from public.users), 3::bigint, 'A2-156 the service role needs no policy');
select throws_ok($$insert into public.platform_connections (user_id, platform, platform_user_id)
    values ('00000000-0000-0000-0000-00000000000a', 'twitch', 'b-tv')$$, '23505', null, 'S2-9 a channel belongs to one user');
select throws_ok($$insert into public.platform_connections (user_id, platform, platform_user_id)
    values ('00000000-0000-0000-0000-00000000000b', 'youtube', 'yt'), ('00000000-0000-0000-0000-00000000000b', 'tiktok', 'tt')$$,
    'PT402', null, 'S2-9 A2-160 the plan limits platforms, whoever connects them');
select throws_ok($$insert into public.platform_connections (user_id, platform, platform_user_id)
    values ('00000000-0000-0000-0000-00000000000b', 'twitch', 'b-tv-2')$$, '23505', null,
    'A2-158 A2-181 one connection for each platform');
select throws_ok($$insert into public.assets (user_id, asset_type, width) values ('00000000-0000-0000-0000-00000000000b', 'banner', -1)$$,
    '23514', null, 'S2-14 no negative width');
select throws_ok($$insert into public.assets (user_id, asset_type, viral_score)
    values ('00000000-0000-0000-0000-00000000000b', 'banner', 101)$$, '23514', null, 'A2-162 a viral score is at most 100');
select throws_ok($$insert into public.assets (user_id, asset_type, job_id)
    values ('00000000-0000-0000-0000-00000000000b', 'banner', '00000000-0000-0000-0000-0000000000f1')$$, '23503', null,
    'S2-8 an asset hangs on its user''s job');
reset role;

select lives_ok($$delete from public.brand_kits where id = '00000000-0000-0000-0000-0000000000c2'$$,
    'S2-12 a used kit can be deleted');
select is((select count(*) from public.generation_jobs where id = '00000000-0000-0000-0000-0000000000f2' and brand_kit_id is null),
    1::bigint, 'S2-12 its jobs stay');
delete from auth.users where id = '00000000-0000-0000-0000-00000000000b';
select is((select count(*) from public.users where id = '00000000-0000-0000-0000-00000000000b'), 0::bigint,
    'S2-4 deleting the account deletes the profile');
select set_eq($$select storage_key from private.storage_purges$$, array['a/1', 'b/1', 'b/3'],
    'S2-4 and its files are queued for removal');

select * from finish();
rollback;
