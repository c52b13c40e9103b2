//! A server of its own for a test, and the service under test.

use std::ops::Deref;

use foundation::served;
use saas::DatabaseService;

/// The served foundation; it ends when this is dropped.
pub(crate) struct Server {
    served: served::Server,
    /// The service under test, with the service role key.
    pub(crate) service: DatabaseService,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let served = served::Server::start("saas").await;
        let key = &served.keys.service_role_key;
        let service = DatabaseService::new(served.http.clone(), &served.url, key);
        Self { served, service }
    }
}

impl Deref for Server {
    type Target = served::Server;

    fn deref(&self) -> &served::Server {
        &self.served
    }
}
