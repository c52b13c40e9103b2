//! Authentication and TLS.

use std::time::{Duration, Instant};

use pg::{ChannelBinding, Client, ConnectConfig, ConnectFailure, Error, Host, SslMode};

use crate::server::Server;

fn tcp(user: &str, password: &str, parameters: &str) -> ConnectConfig {
    Server::shared().tcp(user, password, parameters)
}

/// Whether the session is encrypted.
async fn encrypted(config: &ConnectConfig) -> Result<bool, Error> {
    let mut client = Client::connect(config).await?;
    let rows = client.query("select ssl from pg_stat_ssl where pid = pg_backend_pid()", &[]).await?;
    rows[0].get(0)
}

#[tokio::test]
async fn every_password_method() {
    for user in ["scram_user", "md5_user", "cleartext_user"] {
        for mode in ["disable", "require"] {
            let parameters = format!("sslmode={mode}");
            assert_eq!(
                encrypted(&tcp(user, "right", &parameters)).await.unwrap(),
                mode == "require",
                "{user}"
            );
            let error = encrypted(&tcp(user, "wr0ng", &parameters)).await.unwrap_err();
            assert!(matches!(error, Error::Auth { .. }), "{user}: {error}");
            let shown = format!("{error} {error:?}");
            assert!(shown.contains(user) && !shown.contains("wr0ng"), "{shown}");
        }
        let error = encrypted(&tcp(user, "", "").with_password(None)).await.unwrap_err();
        assert!(error.to_string().contains("password"), "{error}");
    }
}

#[tokio::test]
async fn modes_that_take_what_the_server_has() {
    for (user, mode, expected) in [
        ("scram_user", "prefer", true),
        ("scram_user", "allow", false),
        ("tls_only", "allow", true),
        ("tls_only", "prefer", true),
        ("plain_only", "allow", false),
        ("plain_only", "disable", false),
    ] {
        let config = tcp(user, "right", &format!("sslmode={mode}"));
        assert_eq!(encrypted(&config).await.unwrap(), expected, "{user} {mode}");
    }
    assert!(matches!(encrypted(&tcp("tls_only", "right", "sslmode=disable")).await, Err(Error::Auth { .. })));
    assert!(!encrypted(&Server::shared().config().with_ssl_mode(SslMode::Require)).await.unwrap());
}

#[tokio::test]
async fn certificates_are_checked_as_far_as_the_mode_says() {
    let server = Server::shared();
    let good = |mode: &str| {
        tcp("scram_user", "right", &format!("sslmode={mode}")).with_ssl_root_cert(server.authority())
    };
    for mode in ["require", "verify-ca", "verify-full"] {
        assert!(encrypted(&good(mode)).await.unwrap(), "{mode}");
    }
    // the certificate names localhost only
    let by_address = |mode: &str| {
        let config = ConnectConfig::new(Host::Tcp("127.0.0.1".to_owned()), "scram_user");
        config
            .with_port(good("require").port())
            .with_database("postgres")
            .with_password(Some("right".to_owned()))
            .with_ssl_mode(if mode == "verify-full" { SslMode::VerifyFull } else { SslMode::VerifyCa })
            .with_ssl_root_cert(server.authority())
    };
    assert!(encrypted(&by_address("verify-ca")).await.unwrap());
    let error = encrypted(&by_address("verify-full")).await.unwrap_err();
    assert!(matches!(error, Error::Tls(_)) && error.to_string().contains("name"), "{error}");
    // the system does not know our authority
    for mode in ["verify-ca", "verify-full"] {
        let error = encrypted(&tcp("scram_user", "right", &format!("sslmode={mode}"))).await.unwrap_err();
        assert!(matches!(error, Error::Tls(_)), "{error}");
    }
    let missing = good("verify-ca").with_ssl_root_cert("/nowhere/ca.crt");
    let error = encrypted(&missing).await.unwrap_err();
    assert!(matches!(error, Error::Tls(_)) && error.to_string().contains("/nowhere/ca.crt"), "{error}");
}

#[tokio::test]
async fn scram_is_bound_to_the_channel_when_it_can_be() {
    let required = |mode: &str| {
        tcp("scram_user", "right", &format!("sslmode={mode}")).with_channel_binding(ChannelBinding::Require)
    };
    assert!(encrypted(&required("require")).await.unwrap());
    assert!(matches!(encrypted(&required("disable")).await, Err(Error::Auth { .. })));
    let without = tcp("scram_user", "right", "sslmode=require&channel_binding=disable");
    assert!(encrypted(&without).await.unwrap());
    let other = tcp("md5_user", "right", "sslmode=require&channel_binding=require");
    assert!(matches!(encrypted(&other).await, Err(Error::Auth { .. })));
}

#[tokio::test]
async fn a_flight_over_tls_is_cancelled_over_tls() {
    let config =
        tcp("scram_user", "right", "sslmode=verify-full").with_ssl_root_cert(Server::shared().authority());
    let mut client = Client::connect(&config).await.unwrap();
    for _ in 0..2 {
        let slept = tokio::time::timeout(Duration::from_millis(50), client.query("select pg_sleep(60)", &[]));
        assert!(slept.await.is_err());
        let asked = Instant::now();
        assert_eq!(client.query("select 1", &[]).await.unwrap().len(), 1);
        assert!(asked.elapsed() < Duration::from_secs(10));
    }
}

#[tokio::test]
async fn refusals_and_failures_say_where_and_why() {
    let server = Server::shared();
    let error = Client::connect(&server.config().with_database("nonsense")).await.unwrap_err();
    assert_eq!(error.code(), Some("3D000"));
    assert!(matches!(error, Error::Connect { reason: ConnectFailure::Refused(_), .. }), "{error}");

    // a port that was free a moment ago
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let config: ConnectConfig = format!("postgres://ann:hidden@{free}/x").parse().unwrap();
    let error = Client::connect(&config).await.unwrap_err();
    assert!(matches!(error, Error::Connect { reason: ConnectFailure::Io(_), .. }), "{error}");
    let shown = format!("{error} {error:?}");
    assert!(shown.contains(&free.to_string()) && !shown.contains("hidden"), "{shown}");
}

/// The port of the server that a session with this connection string is on.
async fn port_of(text: &str) -> Result<u16, String> {
    let config = ConnectConfig::from_libpq(text, "postgres", |_name| None).unwrap();
    let mut client = Client::connect(&config).await.map_err(|error| error.to_string())?;
    let rows = client.query("select current_setting('port')", &[]).await.unwrap();
    Ok(rows[0].text(0).unwrap().parse().unwrap())
}

#[tokio::test]
async fn of_several_hosts_the_first_that_will_do_is_taken() {
    let (primary, standby) = (Server::shared().config(), Server::start());
    standby.become_standby();
    let standby = standby.config();
    let socket = |config: &ConnectConfig| match config.host() {
        Host::Unix(directory) => directory.display().to_string(),
        Host::Tcp(name) => name.clone(),
    };
    let (first, second) = (primary.port(), standby.port());
    let hosts = format!(
        "user=postgres dbname=postgres host=/nowhere,{},{} port=5432,{first},{second}",
        socket(&primary),
        socket(&standby)
    );
    for (target, expected) in [
        ("any", first),
        ("read-write", first),
        ("primary", first),
        ("read-only", second),
        ("standby", second),
        ("prefer-standby", second),
    ] {
        assert_eq!(
            port_of(&format!("{hosts} target_session_attrs={target}")).await,
            Ok(expected),
            "{target}"
        );
    }
    let alone =
        format!("user=postgres dbname=postgres host={} port={first} target_session_attrs=", socket(&primary));
    assert_eq!(port_of(&format!("{alone}prefer-standby")).await, Ok(first));
    let error = port_of(&format!("{alone}standby")).await.unwrap_err();
    assert!(error.contains("its sessions are not standby"), "{error}");
    // what is begun on the second host is cancelled there
    let config =
        ConnectConfig::from_libpq(&format!("{hosts} target_session_attrs=standby"), "postgres", |_| None);
    let pool = pg::Pool::new(config.unwrap(), pg::PoolConfig::default());
    let slow = tokio::spawn(async move { pool.run(pg::Statement::new("select pg_sleep(600)").into()).await });
    let mut observer = Client::connect(&standby).await.unwrap();
    let busy = "select count(*)::int from pg_stat_activity where wait_event = 'PgSleep'";
    let mut until = async |expected: i32| {
        while observer.query(busy, &[]).await.unwrap()[0].get::<i32>(0).unwrap() != expected {
            tokio::task::yield_now().await;
        }
    };
    until(1).await;
    slow.abort();
    until(0).await;
}

#[tokio::test]
async fn peers_that_are_not_postgres_or_say_nothing() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://{}/x?sslmode=disable", listener.local_addr().unwrap());
    let config: ConnectConfig = url.parse().unwrap();
    let connect = async |answer: &'static [u8]| {
        let (outcome, ()) = tokio::join!(Client::connect(&config), async {
            let (mut socket, _) = listener.accept().await.unwrap();
            tokio::io::AsyncWriteExt::write_all(&mut socket, answer).await.unwrap();
        });
        outcome.expect_err("no Postgres here")
    };
    assert!(matches!(connect(b"HTTP/1.1 400 Bad Request\r\n\r\n").await, Error::Protocol(_)));
    assert!(matches!(connect(b"R\xff\xff\xff\xff").await, Error::Protocol(_)));
    assert!(matches!(connect(b"Z\0\0\0\x05I").await, Error::Protocol(_)));
    assert!(matches!(connect(b"").await, Error::Connect { .. }));

    let patient = config.clone().with_connect_timeout(Duration::from_millis(50));
    let error = Client::connect(&patient).await.unwrap_err();
    assert!(matches!(error, Error::Connect { reason: ConnectFailure::Timeout(_), .. }), "{error}");
    // what a server without TLS answers
    let demanding = config.with_ssl_mode(SslMode::Require);
    let (outcome, ()) = tokio::join!(Client::connect(&demanding), async {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut request = [0; 8];
            tokio::io::AsyncReadExt::read_exact(&mut socket, &mut request).await.unwrap();
            if request == [0, 0, 0, 8, 4, 210, 22, 47] {
                return tokio::io::AsyncWriteExt::write_all(&mut socket, b"N").await.unwrap();
            }
        }
    });
    assert!(matches!(outcome, Err(Error::Tls(_))), "{outcome:?}");
}
