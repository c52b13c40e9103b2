//! From the startup message to the first ReadyForQuery.
//!
//! Supports trust, clear text, MD5 and SCRAM-SHA-256 with and without channel binding.

use postgres_protocol::authentication::md5_hash;
use postgres_protocol::authentication::sasl::{self, SCRAM_SHA_256, SCRAM_SHA_256_PLUS, ScramSha256};

use crate::config::{ChannelBinding, ConnectConfig};
use crate::error::Error;
use crate::wire::backend::{Authentication, Message};
use crate::wire::connection::Connection;
use crate::wire::frontend;
use crate::wire::stream::Stream;

/// Starts the session.
pub(crate) async fn start(
    connection: &mut Connection,
    config: &ConnectConfig,
    binding: Option<Vec<u8>>,
) -> Result<(), Error> {
    let mut parameters = vec![
        ("user", config.user()),
        ("database", config.database()),
        ("application_name", config.application_name.as_str()),
        ("client_encoding", "UTF8"),
        // FromText reads times in this style; the order of day and month stays the server's
        ("DateStyle", "ISO"),
    ];
    if let Some(options) = &config.options {
        parameters.push(("options", options));
    }
    frontend::startup_message(parameters, connection.output()).map_err(frontend::unsendable)?;
    connection.send().await?;
    match authenticate(connection, config, binding).await {
        // class 28: invalid authorisation
        Err(Error::Db(error)) if error.code.starts_with("28") => Err(refused(config, error.message)),
        Err(error) => Err(error),
        Ok(()) => connection.until_ready().await,
    }
}

async fn authenticate(
    connection: &mut Connection,
    config: &ConnectConfig,
    binding: Option<Vec<u8>>,
) -> Result<(), Error> {
    // a server that began SCRAM must prove that it knows the password before it says "ok"
    match next(connection).await? {
        Authentication::Ok => require_no_binding(config),
        Authentication::CleartextPassword => {
            require_no_binding(config)?;
            let password = password(config)?.to_owned();
            frontend::password_message(password.as_bytes(), connection.output())
                .map_err(frontend::unsendable)?;
            finish(connection).await
        }
        Authentication::Md5Password { salt } => {
            require_no_binding(config)?;
            let hash = md5_hash(config.user().as_bytes(), password(config)?.as_bytes(), salt);
            frontend::password_message(hash.as_bytes(), connection.output()).map_err(frontend::unsendable)?;
            finish(connection).await
        }
        Authentication::Sasl { mechanisms } => scram(connection, config, binding, &mechanisms).await,
        Authentication::Unsupported(method) => {
            Err(refused(config, format!("the server demands {method}, which is not supported")))
        }
        Authentication::SaslContinue(_) | Authentication::SaslFinal(_) => {
            Err(Error::protocol("a SASL message without its beginning"))
        }
    }
}

async fn scram(
    connection: &mut Connection,
    config: &ConnectConfig,
    binding: Option<Vec<u8>>,
    mechanisms: &[String],
) -> Result<(), Error> {
    let offers = |name: &str| mechanisms.iter().any(|mechanism| mechanism == name);
    let encrypted = matches!(connection.stream(), Stream::Tls(_));
    let wanted = config.channel_binding != ChannelBinding::Disable;
    let (mechanism, channel) = match binding {
        Some(hash) if wanted && offers(SCRAM_SHA_256_PLUS) => {
            (SCRAM_SHA_256_PLUS, sasl::ChannelBinding::tls_server_end_point(hash))
        }
        _ if config.channel_binding == ChannelBinding::Require => return require_no_binding(config),
        // we could and the server did not offer it: says so, which exposes a middleman
        Some(_) if wanted && encrypted => (SCRAM_SHA_256, sasl::ChannelBinding::unrequested()),
        _ => (SCRAM_SHA_256, sasl::ChannelBinding::unsupported()),
    };
    if !offers(mechanism) {
        return Err(refused(config, format!("the server offers {mechanisms:?} only")));
    }
    let failed = |error: std::io::Error| refused(config, error.to_string());
    let mut scram = ScramSha256::new(password(config)?.as_bytes(), channel);
    frontend::sasl_initial_response(mechanism, scram.message(), connection.output())
        .map_err(frontend::unsendable)?;
    connection.send().await?;
    let Authentication::SaslContinue(challenge) = next(connection).await? else {
        return Err(Error::protocol("expected a SASL challenge"));
    };
    scram.update(&challenge).map_err(failed)?;
    frontend::sasl_response(scram.message(), connection.output()).map_err(frontend::unsendable)?;
    connection.send().await?;
    let Authentication::SaslFinal(verifier) = next(connection).await? else {
        return Err(Error::protocol("expected the end of SASL"));
    };
    scram.finish(&verifier).map_err(|_unproven| refused(config, "the server does not know the password"))?;
    finish(connection).await
}

/// Sends what is written and expects the final "ok".
async fn finish(connection: &mut Connection) -> Result<(), Error> {
    connection.send().await?;
    match next(connection).await? {
        Authentication::Ok => Ok(()),
        _ => Err(Error::protocol("authentication does not end")),
    }
}

async fn next(connection: &mut Connection) -> Result<Authentication, Error> {
    match connection.receive().await? {
        Message::Authentication(message) => Ok(message),
        Message::Error(error) => Err(Error::Db(error)),
        _ => Err(Error::protocol("unexpected message during authentication")),
    }
}

fn require_no_binding(config: &ConnectConfig) -> Result<(), Error> {
    match config.channel_binding {
        ChannelBinding::Require => {
            Err(refused(config, "channel binding is required and the server does not bind"))
        }
        _ => Ok(()),
    }
}

fn password(config: &ConnectConfig) -> Result<&str, Error> {
    match &config.password {
        Some(password) => Ok(&password.0),
        None => Err(refused(config, "the server asks for a password and none is set")),
    }
}

fn refused(config: &ConnectConfig, reason: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::Auth { user: config.user().to_owned(), reason: reason.into() }
}
