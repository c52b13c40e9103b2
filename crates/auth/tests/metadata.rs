//! What anyone may know of the room.

use insta::assert_snapshot;
use serde_json::json;

use crate::harness::Room;

#[tokio::test]
async fn signing_keys_are_public_and_secrets_are_not() {
    let room = Room::new().await;
    let answer = room.call("GET", "/.well-known/jwks.json").send().await;
    assert_snapshot!(answer.shown(), @r#"
    200
    cache-control: public, max-age=600
    {
      "keys": [
        {
          "kty": "EC",
          "alg": "ES256",
          "use": "sig",
          "key_ops": [
            "verify"
          ],
          "crv": "P-256",
          "x": "[coordinate]",
          "y": "[coordinate]",
          "kid": "[uuid]"
        }
      ]
    }
    "#);
    assert_eq!(answer.headers["cache-control"], "public, max-age=600");
}

#[tokio::test]
async fn discovery_names_the_issuer_of_tokens() {
    let room = Room::new().await;
    let answer = room.call("GET", "/.well-known/openid-configuration").send().await;
    assert_eq!(answer.text("/jwks_uri"), "http://127.0.0.1:54321/auth/v1/.well-known/jwks.json");
    let session = room.sign_up("ada@example.com").await;
    assert_eq!(room.claims(session.access_token()).await["iss"], answer.body["issuer"]);
}

#[tokio::test]
async fn settings_show_what_is_switched_on() {
    let room = Room::new().await;
    assert_snapshot!(room.call("GET", "/settings").send().await.shown(), @r#"
    200
    {
      "external": {
        "apple": false,
        "azure": false,
        "bitbucket": false,
        "discord": false,
        "facebook": false,
        "snapchat": false,
        "figma": false,
        "fly": false,
        "github": false,
        "gitlab": false,
        "google": false,
        "keycloak": false,
        "kakao": false,
        "linkedin": false,
        "linkedin_oidc": false,
        "notion": false,
        "spotify": false,
        "slack": false,
        "slack_oidc": false,
        "workos": false,
        "twitch": false,
        "twitter": false,
        "zoom": false,
        "anonymous_users": true,
        "email": true,
        "phone": true
      },
      "disable_signup": false,
      "mailer_autoconfirm": true,
      "phone_autoconfirm": true,
      "sms_provider": "",
      "saml_enabled": false,
      "saml_private_key_next_configured": false,
      "passkeys_enabled": false
    }
    "#);
}

#[tokio::test]
async fn health_names_the_protocol() {
    let room = Room::new().await;
    assert_eq!(room.call("GET", "/health").send().await.body["name"], json!("GoTrue"));
}

#[tokio::test]
async fn what_is_not_offered_says_so() {
    let room = Room::new().await;
    let session = room.sign_up("ada@example.com").await;
    let user = session.access_token();
    let admin = room.keys.service_role_key.as_str();
    let cases = [
        ("POST", "/sso", "", 404, "saml_provider_disabled"),
        ("GET", "/sso/saml/metadata", "", 404, "saml_provider_disabled"),
        ("POST", "/passkeys/authentication/options", "", 404, "passkey_disabled"),
        ("GET", "/user/identities/authorize?provider=google", "", 401, "no_authorization"),
        ("GET", "/user/identities/authorize?provider=google", user, 404, "manual_linking_disabled"),
        ("DELETE", "/user/identities/x", user, 404, "manual_linking_disabled"),
        ("GET", "/user/oauth/grants", user, 404, "feature_disabled"),
        ("GET", "/admin/oauth/clients", user, 403, "not_admin"),
        ("GET", "/admin/oauth/clients/x", admin, 404, "feature_disabled"),
        ("GET", "/oauth/authorize", "", 404, "feature_disabled"),
        ("POST", "/token?grant_type=web3", "", 422, "web3_provider_disabled"),
        ("POST", "/token?grant_type=id_token", "", 400, "provider_disabled"),
    ];
    for (method, path, token, status, code) in cases {
        let call = room.call(method, path);
        let call = if token.is_empty() { call } else { call.bearer(token) };
        let answer = call.send().await;
        assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{method} {path}");
    }
}
