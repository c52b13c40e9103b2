-- Tokens of platforms: in clear for the backend, encrypted where they lie.
begin;
create extension if not exists pgtap with schema extensions;
select * from no_plan();

insert into auth.users (id, email) values ('00000000-0000-0000-0000-00000000000a', 'a@test.com');

-- a secret that is none of these, and is found before it
select vault.create_secret('another', 'another_key');
select vault.update_secret(id, new_description => 'found last') from vault.secrets where name = 'platform_token_key';

set local role service_role;
select lives_ok($$select public.save_platform_connection('00000000-0000-0000-0000-00000000000a', 'twitch', 'tv-1', 'access-secret',
    'refresh-secret', now() + interval '1 hour', 'streamer')$$, 'A2-088 A2-159 a platform is connected');
select ok((select access_token_encrypted like '-----BEGIN PGP MESSAGE-----%' and access_token_encrypted !~ 'access-secret'
    and refresh_token_encrypted !~ 'refresh-secret' from public.platform_connections), 'A2-159 S2-9 what lies there is cipher text');
select results_eq($$select t.access_token, t.refresh_token from public.platform_connections as c, public.platform_tokens(c.id) as t$$,
    $$values ('access-secret', 'refresh-secret')$$, 'A2-159 the backend reads it');
select public.save_platform_connection('00000000-0000-0000-0000-00000000000a', 'twitch', 'tv-1', 'second');
select results_eq($$select t.access_token, t.refresh_token, c.platform_username
    from public.platform_connections as c, public.platform_tokens(c.id) as t$$,
    $$values ('second', 'refresh-secret', 'streamer')$$, 'A2-158 a renewal keeps what it does not bring');
select is((select count(*) from public.platform_connections), 1::bigint, 'A2-158 and is the same connection');
select throws_ok($$select public.save_platform_connection('00000000-0000-0000-0000-00000000000a', 'youtube', 'yt', 'x')$$, 'PT402', null,
    'S2-9 A2-160 the plan limits platforms');
select throws_ok($$select public.save_platform_connection('00000000-0000-0000-0000-00000000000a', 'myspace', 'x', 'x')$$, '23514', null,
    'A2-100 three platforms');

set local role authenticated;
set local request.jwt.claims = '{"sub": "00000000-0000-0000-0000-00000000000a", "role": "authenticated"}';
select throws_ok(call, '42501', null, 'S2-9 not for users: ' || call)
from unnest(array[
    $$select public.platform_tokens(gen_random_uuid())$$,
    $$select public.save_platform_connection('00000000-0000-0000-0000-00000000000a', 'twitch', 'tv-1', 'planted')$$,
    $$select private.decrypt_token('x')$$,
    $$select * from vault.decrypted_secrets$$
]) as call;
reset role;

select * from finish();
rollback;
