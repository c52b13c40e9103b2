//! Outgoing requests: what they reach, what they do not.

use std::time::Duration;

use base::http::{Allowed, Error, Outgoing, Request};

use crate::jobs::site::Site;

fn get(url: impl Into<String>) -> Request {
    Request {
        method: "GET".to_owned(),
        url: url.into(),
        headers: Vec::new(),
        body: None,
        timeout: Duration::from_secs(20),
    }
}

fn outgoing(allowed: &str) -> Outgoing {
    Outgoing::new(allowed.parse().unwrap()).unwrap()
}

#[tokio::test]
async fn what_is_not_on_the_public_internet_is_refused_however_it_is_written() {
    let site = Site::open().await;
    let port = site.address.port();
    let client = Outgoing::new(Allowed::default()).unwrap();
    for host in [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f.1",
        "127.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "169.254.169.254",
    ] {
        let error = client.send(get(format!("http://{host}:{port}/echo"))).await.unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{host}: {error}");
    }
    assert!(
        client
            .send(get("http://127.0.0.1/"))
            .await
            .unwrap_err()
            .to_string()
            .contains("FERROBASE_HTTP_ALLOW_PRIVATE")
    );
}

#[tokio::test]
async fn what_is_allowed_is_reached_by_number_and_by_name() {
    let site = Site::open().await;
    let client = outgoing("127.0.0.1");
    for url in [site.url("/echo"), format!("http://localhost:{}/echo", site.address.port())] {
        let response = client.send(get(&url)).await.unwrap();
        assert_eq!((response.status, response.header("server")), (200, Some("site")), "{url}");
        assert!(String::from_utf8(response.body).unwrap().starts_with("GET /echo - -"));
    }
}

#[tokio::test]
async fn redirects_are_checked_like_requests() {
    let site = Site::open().await;
    let client = outgoing("127.0.0.1");
    let response = client.send(get(site.url(&format!("/to/{}", site.url("/echo"))))).await.unwrap();
    assert_eq!(response.status, 200);
    for target in
        ["http://127.0.0.2/", "http://10.0.0.1/", "http://[::1]/", "http://169.254.169.254/latest/meta-data"]
    {
        let error = client.send(get(site.url(&format!("/to/{target}")))).await.unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{target}: {error}");
    }
    // a name that leads to what is not allowed
    let only_v6 = outgoing("::1");
    let error = only_v6.send(get(format!("http://localhost:{}/", site.address.port()))).await;
    assert!(!matches!(error, Ok(response) if response.status == 200));
    let circle = site.url("/to/") + &site.url("/to/") + &site.url("/status/302");
    assert!(client.send(get(circle)).await.is_ok());
}

#[tokio::test]
async fn what_cannot_be_answered_is_an_error_and_never_waits_forever() {
    let site = Site::open().await;
    let client = outgoing("127.0.0.1");
    let slow = Request { timeout: Duration::from_millis(50), ..get(site.url("/never")) };
    let error = client.send(slow).await.unwrap_err();
    assert!(matches!(error, Error::Timeout { .. }), "{error}");
    assert!(error.to_string().starts_with("Timeout of 50 ms reached. Total time: "), "{error}");
    let closed = {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        listener.local_addr().unwrap()
    };
    for (url, expected) in [
        (format!("http://{closed}/"), "refused"),
        ("ftp://example.com/".to_owned(), "Protocol \"ftp\" not supported"),
        ("file:///etc/passwd".to_owned(), "Protocol \"file\" not supported"),
        ("no url".to_owned(), "Couldn't parse URL"),
        ("http://name.invalid/".to_owned(), "error sending request"),
    ] {
        let error = client.send(get(&url)).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{url}: {error}");
    }
    let bad_header = Request { headers: vec![("a b".to_owned(), "c".to_owned())], ..get(site.url("/echo")) };
    assert!(matches!(client.send(bad_header).await.unwrap_err(), Error::Request(_)));
}
