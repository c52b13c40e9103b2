//! Answers that no REST room gives: what the service makes of proxies, of strangers and of silence.

use ferrobase_client::Error::Refused;
use reqwest::Client;
use saas::{DatabaseService, Error, JobChange, NewJob};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use uuid::Uuid;

/// A service whose server gives this one answer.
async fn answered_with(status: &str, body: &str) -> DatabaseService {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let length = body.len();
    let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.windows(4).any(|end| end == b"\r\n\r\n") {
            assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0);
        }
        stream.write_all(answer.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        // until the client has gone: closing with something unread would take the answer back
        let _ = stream.read_to_end(&mut request).await;
    });
    DatabaseService::new(Client::new(), &url, "key").unwrap()
}

#[tokio::test]
async fn a_refusal_that_is_not_json_keeps_its_status() {
    let service = answered_with("502 Bad Gateway", "<h1>nginx</h1>").await;
    let error = service.get_user(Uuid::new_v4()).await.unwrap_err();
    let Error::Server(Refused { status, code, message, details, hint }) = error else { panic!("{error:?}") };
    assert_eq!((status, code.as_str(), message.as_str()), (502, "", "Bad Gateway"));
    assert_eq!((details.as_deref(), hint), (Some("<h1>nginx</h1>"), None));
}

#[tokio::test]
async fn a_refusal_without_a_word_keeps_its_status() {
    let error = answered_with("503 Service Unavailable", "").await.get_job(Uuid::new_v4()).await.unwrap_err();
    assert!(matches!(error, Error::Server(Refused { status: 503, details: None, .. })), "{error:?}");
    assert_eq!(error.to_string(), "503: Service Unavailable");
}

#[tokio::test]
async fn a_gateway_gives_a_message_and_a_hint() {
    let body = r#"{"message":"Invalid API key","hint":"Double check"}"#;
    let error = answered_with("401 Unauthorized", body).await.get_user(Uuid::new_v4()).await.unwrap_err();
    let Error::Server(Refused { status, message, hint, .. }) = error else { panic!("{error:?}") };
    assert_eq!((status, message.as_str(), hint.as_deref()), (401, "Invalid API key", Some("Double check")));
}

#[tokio::test]
async fn a_success_that_holds_no_rows_is_a_decoding_error() {
    for body in ["welcome", "{}", r#"[{"id": 7}]"#] {
        let error = answered_with("200 OK", body).await.get_user(Uuid::new_v4()).await.unwrap_err();
        assert!(matches!(error, Error::Server(ferrobase_client::Error::Decode(_))), "{body}: {error:?}");
    }
}

#[tokio::test]
async fn a_job_that_was_not_made_is_said() {
    let new = NewJob::new(Uuid::new_v4(), "generation".into());
    let error = answered_with("201 Created", "[]").await.create_job(&new).await.unwrap_err();
    assert_eq!(error.to_string(), "Failed to create job");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let service = DatabaseService::new(Client::new(), &url, "key").unwrap();
    let error = service.update_job(Uuid::new_v4(), &JobChange::default()).await.unwrap_err();
    assert!(matches!(error, Error::Server(ferrobase_client::Error::Unreachable(_))), "{error:?}");
}

#[test]
fn the_key_is_not_shown() {
    let service = DatabaseService::new(Client::new(), "http://127.0.0.1:1/", "sb_secret_abc").unwrap();
    assert_eq!(
        format!("{service:?}"),
        r#"DatabaseService { client: Client { url: "http://127.0.0.1:1/", .. } }"#
    );
}
