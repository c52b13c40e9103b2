//! Features this server does not offer: the answers upstream gives where they are switched off, so that clients read a reason
//! instead of "no such route".

use crate::caller::{Admin, Caller};
use crate::error::Error;

/// `/sso`
pub(crate) async fn saml() -> Error {
    Error::SamlDisabled
}

/// `/passkeys`
pub(crate) async fn passkeys() -> Error {
    Error::PasskeysDisabled
}

/// `/user/identities`: told to signed-in users only.
pub(crate) async fn manual_linking(_caller: Caller) -> Error {
    Error::ManualLinkingDisabled
}

/// `/oauth` and its discovery document.
pub(crate) async fn oauth_server() -> Error {
    Error::OauthServerDisabled
}

/// `/user/oauth/grants`: told to signed-in users only.
pub(crate) async fn oauth_grants(_caller: Caller) -> Error {
    Error::OauthServerDisabled
}

/// `/admin/oauth/clients`: told to administrators only.
pub(crate) async fn oauth_clients(_admin: Admin) -> Error {
    Error::OauthServerDisabled
}
