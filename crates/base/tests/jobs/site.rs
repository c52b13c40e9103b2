//! A web site on this machine for requests to go to.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get};

/// The site; it goes with the test's runtime.
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    state: Arc<Counters>,
}

#[derive(Default)]
struct Counters {
    served: AtomicUsize,
    at_once: AtomicUsize,
    most_at_once: AtomicUsize,
}

impl Site {
    /// `/echo` tells what was asked, `/never` never answers, `/status/404` is one, `/to/…` redirects there,
    /// `/gate` counts who passes, `/bytes` is no text.
    pub(crate) async fn open() -> Self {
        let state = Arc::new(Counters::default());
        let routes = Router::new()
            .route("/echo", any(echo))
            .route("/never", any(never))
            .route("/bytes", get(|| async { (StatusCode::OK, [0xff, 0x00, b'a'].to_vec()) }))
            .route("/gate", get(gate))
            .route("/status/{status}", any(status))
            .route("/to/{*url}", any(to))
            .with_state(Arc::clone(&state));
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { address, state }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn served(&self) -> usize {
        self.state.served.load(Ordering::SeqCst)
    }

    pub(crate) fn most_at_once(&self) -> usize {
        self.state.most_at_once.load(Ordering::SeqCst)
    }
}

async fn echo(method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let header = |name: &str| headers.get(name).map_or("-", |value| value.to_str().unwrap()).to_owned();
    let body = String::from_utf8(body.to_vec()).unwrap();
    let text = format!("{method} {uri} {} {} {body}", header("content-type"), header("x-mine"));
    ([(header::CONTENT_TYPE, "text/plain"), (header::SERVER, "site")], text).into_response()
}

async fn never() {
    std::future::pending::<()>().await;
}

async fn gate(State(state): State<Arc<Counters>>) -> &'static str {
    let at_once = state.at_once.fetch_add(1, Ordering::SeqCst) + 1;
    state.most_at_once.fetch_max(at_once, Ordering::SeqCst);
    // long enough for others to arrive meanwhile
    tokio::task::yield_now().await;
    state.at_once.fetch_sub(1, Ordering::SeqCst);
    state.served.fetch_add(1, Ordering::SeqCst);
    "through"
}

async fn status(Path(status): Path<u16>) -> Response {
    (StatusCode::from_u16(status).unwrap(), format!("status {status}")).into_response()
}

async fn to(Path(url): Path<String>) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, url)]).into_response()
}
