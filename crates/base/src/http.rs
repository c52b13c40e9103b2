//! Outgoing HTTP that somebody else asked for: a project's SQL (`net.http_post`, `extensions.http`), a webhook.
//!
//! It reaches the public Internet only, unless more is allowed. What is checked is the address that is connected to,
//! at each redirect anew: a name that resolves to something else the second time gains nothing. Every request has a
//! time limit, every answer a largest size. Must not know who asks.

mod addresses;

use std::error::Error as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::{Attempt, Policy};
use url::Url;

pub use addresses::{Allowed, NoNetwork};

/// The variable that allows more than the public Internet.
pub const ALLOW_VARIABLE: &str = "FERROBASE_HTTP_ALLOW_PRIVATE";

const LARGEST_ANSWER: usize = 64 << 20;
const MOST_REDIRECTS: usize = 10;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// What to send.
#[derive(Debug, Clone)]
pub struct Request {
    /// `GET`, `POST` …
    pub method: String,
    /// Where to, `http` or `https`.
    pub url: String,
    /// Names and values; a name may come again.
    pub headers: Vec<(String, String)>,
    /// The body, if any.
    pub body: Option<Bytes>,
    /// For everything from the look-up of the name to the last byte of the answer.
    pub timeout: Duration,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Response {
    /// 200 …
    pub status: u16,
    /// Names in lower case, in the order they came.
    pub headers: Vec<(String, String)>,
    /// The body, whole.
    pub body: Vec<u8>,
}

impl Response {
    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum Error {
    /// The URL, the method or a header is none.
    #[error("{0}")]
    Request(String),
    /// The address is not one of the public Internet.
    #[error("requests to {0} are refused; {ALLOW_VARIABLE} can allow it")]
    Refused(IpAddr),
    /// It took too long.
    #[error("Timeout of {} ms reached. Total time: {} ms", .limit.as_millis(), .total.as_millis())]
    Timeout {
        /// What was allowed.
        limit: Duration,
        /// What it took.
        total: Duration,
    },
    /// The answer is larger than we take.
    #[error("the answer is larger than {} MiB", LARGEST_ANSWER >> 20)]
    TooLarge,
    /// Look-up, connection, TLS or protocol failed.
    #[error("{0}")]
    Failed(String),
}

/// A client for everyone; clones share its connections.
#[derive(Debug, Clone)]
pub struct Outgoing {
    client: reqwest::Client,
    allowed: Arc<Allowed>,
}

impl Outgoing {
    /// A client that reaches the public Internet, and what [`ALLOW_VARIABLE`] allows besides.
    ///
    /// # Errors
    /// When the variable says something else, or TLS cannot be set up.
    pub fn from_environment() -> Result<Self, Error> {
        let allowed = std::env::var(ALLOW_VARIABLE).unwrap_or_default();
        let allowed = allowed
            .parse()
            .map_err(|error: NoNetwork| Error::Request(format!("{ALLOW_VARIABLE}: {error}")))?;
        Self::new(allowed)
    }

    /// A client that reaches the public Internet and what is allowed besides.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(allowed: Allowed) -> Result<Self, Error> {
        let allowed = Arc::new(allowed);
        let at_redirect = Arc::clone(&allowed);
        let client = reqwest::Client::builder()
            .dns_resolver(Arc::new(Guard(Arc::clone(&allowed))))
            .redirect(Policy::custom(move |attempt| follow(attempt, &at_redirect)))
            // a proxy would connect to whatever it is told
            .no_proxy()
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_max_idle_per_host(16)
            .user_agent(concat!("ferrobase/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| Error::Failed(whole(&error)))?;
        Ok(Self { client, allowed })
    }

    /// Sends a request and reads the whole answer.
    pub async fn send(&self, request: Request) -> Result<Response, Error> {
        let limit = request.timeout;
        let begun = Instant::now();
        tokio::time::timeout(limit, self.exchange(request))
            .await
            .unwrap_or_else(|_elapsed| Err(Error::Timeout { limit, total: begun.elapsed() }))
    }

    async fn exchange(&self, request: Request) -> Result<Response, Error> {
        let url = Url::parse(&request.url)
            .map_err(|error| Error::Request(format!("Couldn't parse URL {:?}: {error}", request.url)))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Error::Request(format!("Protocol {:?} not supported", url.scheme())));
        }
        if let Some(address) = literal(&url).filter(|address| !self.allowed.allows(*address)) {
            return Err(Error::Refused(address));
        }
        let method = Method::from_bytes(request.method.as_bytes())
            .map_err(|_invalid| Error::Request(format!("Unsupported request method {}", request.method)))?;
        let mut building = self.client.request(method, url).headers(headers(&request.headers)?);
        if let Some(body) = request.body {
            building = building.body(body);
        }
        let mut answer = building.send().await.map_err(|error| why(&error))?;
        let status = answer.status().as_u16();
        let headers = answer.headers().iter().map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        });
        let headers = headers.collect();
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| why(&error))? {
            if body.len() + chunk.len() > LARGEST_ANSWER {
                return Err(Error::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response { status, headers, body })
    }
}

fn headers(given: &[(String, String)]) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::with_capacity(given.len());
    for (name, value) in given {
        let invalid = || Error::Request(format!("{name:?} with this value is no header"));
        headers.append(
            HeaderName::from_bytes(name.trim().as_bytes()).map_err(|_invalid| invalid())?,
            HeaderValue::from_bytes(value.trim().as_bytes()).map_err(|_invalid| invalid())?,
        );
    }
    Ok(headers)
}

/// Names are looked up here, so what is refused here is never connected to.
struct Guard(Arc<Allowed>);

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = Arc::clone(&self.0);
        Box::pin(async move {
            let found: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let (reachable, refused): (Vec<_>, Vec<_>) =
                found.into_iter().partition(|address| allowed.allows(address.ip()));
            match refused.first() {
                Some(address) if reachable.is_empty() => Err(Error::Refused(address.ip()).into()),
                _ => Ok(Box::new(reachable.into_iter()) as Addrs),
            }
        })
    }
}

/// An address written as such is never looked up.
fn follow(attempt: Attempt<'_>, allowed: &Allowed) -> reqwest::redirect::Action {
    if attempt.previous().len() > MOST_REDIRECTS {
        return attempt.error(Error::Failed("too many redirects".to_owned()));
    }
    match literal(attempt.url()).filter(|address| !allowed.allows(*address)) {
        Some(address) => attempt.error(Error::Refused(address)),
        None => attempt.follow(),
    }
}

fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        url::Host::Ipv4(address) => Some(address.into()),
        url::Host::Ipv6(address) => Some(address.into()),
        url::Host::Domain(_) => None,
    }
}

/// Our own error, wherever the client packed it, or what it says.
fn why(error: &reqwest::Error) -> Error {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(ours) = inner.downcast_ref::<Error>() {
            return ours.clone();
        }
        cause = inner.source();
    }
    Error::Failed(whole(error))
}

/// An error with its causes, as one line.
fn whole(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let said = inner.to_string();
        if !text.contains(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        cause = inner.source();
    }
    text
}
