//! Secrets.

use base::platform;
use testkit::TestDb;

use super::{refusal, text};

#[tokio::test]
async fn secrets_are_kept_encrypted_and_shown_decrypted() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    let id = text(&mut postgres, "select vault.create_secret('s3cret ü', 'api_key', 'for the API')").await;
    postgres
        .script("select vault.create_secret('s3cret ü'); select vault.create_secret('', 'empty')")
        .await
        .unwrap();
    let shown =
        "select decrypted_secret || '|' || description from vault.decrypted_secrets where name = 'api_key'";
    assert_eq!(text(&mut postgres, shown).await, "s3cret ü|for the API");
    assert_eq!(
        text(
            &mut postgres,
            "select '<' || decrypted_secret || '>' from vault.decrypted_secrets where name = 'empty'"
        )
        .await,
        "<>"
    );
    assert_eq!(text(&mut postgres, "select count(*)::text from vault.secrets where secret ~ 's3cret' or position('s3cret'::bytea in decode(secret, 'base64')) > 0").await, "0");
    assert_eq!(text(&mut postgres, "select count(distinct secret)::text from vault.secrets").await, "3");

    let before = text(&mut postgres, "select nonce from vault.secrets where name = 'api_key'").await;
    postgres
        .script(&format!("select vault.update_secret('{id}', 'other', new_name := 'renamed')"))
        .await
        .unwrap();
    assert_eq!(text(&mut postgres, "select decrypted_secret || '|' || description from vault.decrypted_secrets where name = 'renamed'").await, "other|for the API");
    assert_ne!(text(&mut postgres, "select nonce from vault.secrets where name = 'renamed'").await, before);
    postgres.script(&format!("select vault.update_secret('{id}', new_description := 'new')")).await.unwrap();
    assert_eq!(text(&mut postgres, "select decrypted_secret || '|' || description from vault.decrypted_secrets where name = 'renamed'").await, "other|new");
    postgres.script("delete from vault.secrets where name = 'renamed'").await.unwrap();
    assert_eq!(refusal(&mut postgres, "select vault.create_secret('x', 'empty')").await.0, "23505");
}

#[tokio::test]
async fn what_was_changed_or_moved_to_another_row_is_not_decrypted() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    postgres
        .script("select vault.create_secret('one', 'one'); select vault.create_secret('two', 'two')")
        .await
        .unwrap();
    let mut admin = database.client("supabase_admin").await;
    for change in [
        "update vault.secrets set (secret, nonce) = (select secret, nonce from vault.secrets where name = 'two') where name = 'one'",
        "update vault.secrets set secret = encode(set_byte(decode(secret, 'base64'), 3, get_byte(decode(secret, 'base64'), 3) # 1), 'base64')",
        "update vault.secrets set secret = ''",
        "update vault.secrets set nonce = null",
    ] {
        admin
            .script(&format!("begin; {change}; grant usage on schema vault to postgres; commit"))
            .await
            .unwrap();
        let (_, message) =
            refusal(&mut postgres, "select decrypted_secret from vault.decrypted_secrets").await;
        assert_eq!(message, "invalid ciphertext", "{change}");
    }
}

#[tokio::test]
async fn the_root_key_is_out_of_reach() {
    let database = TestDb::platform().await;
    let mut postgres = database.client("postgres").await;
    for statement in [
        "select ferrobase.root_key()",
        "select ferrobase.root_key_text()",
        "select ferrobase.keep_root_key('00')",
        "select vault._root_key('encrypt', '', '')",
        "select vault._crypto_aead_det_encrypt('', '', 0)",
        "select pg_read_file('ferrobase_root_key')",
        "copy (select 1) to '/tmp/x'",
        "create or replace function extensions.hmac(bytea, bytea, text) returns bytea language sql as 'select $2'",
        "create or replace function vault._root_key(purpose text, additional bytea, nonce bytea) returns bytea language sql as 'select null::bytea'",
        "update vault.secrets set secret = ''",
        "insert into vault.secrets (secret) values ('plain')",
        "drop schema vault cascade",
    ] {
        assert_eq!(refusal(&mut postgres, statement).await.0, "42501", "{statement}");
    }
    // nor in a table that pg_read_all_data would show
    assert_eq!(text(&mut postgres, "select count(*)::text from ferrobase.kept_root_key").await, "0");
    let mut authenticator = database.client("authenticator").await;
    for role in ["anon", "authenticated"] {
        for statement in ["select vault.create_secret('x')", "select * from vault.decrypted_secrets"] {
            let script = format!("begin; set local role {role}; {statement}; rollback");
            assert_eq!(refusal(&mut authenticator, &script).await.0, "42501", "{role}: {statement}");
            authenticator.script("rollback").await.unwrap();
        }
    }
    let as_service = "begin; set local role service_role; select vault.create_secret('x'); select * from vault.decrypted_secrets; rollback";
    authenticator.script(as_service).await.unwrap();
    // another name for what encrypts does not make it call what is not meant
    postgres
        .script(
            "create function extensions.hmac(bytea, bytea, varchar) returns bytea language sql as 'select $2';
             create schema mine; set search_path = mine, public; select vault.create_secret('x')",
        )
        .await
        .unwrap();
}

#[tokio::test]
async fn the_first_root_key_stays() {
    let database = TestDb::platform().await;
    let mut admin = database.client("supabase_admin").await;
    assert!(!platform::keep_root_key(&mut admin, &"ab".repeat(32)).await.unwrap());
    assert_eq!(text(&mut admin, "select (length(ferrobase.root_key()))::text").await, "32");
}
