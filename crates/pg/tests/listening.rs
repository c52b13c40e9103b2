//! Listening for notifications.

use pg::listen::{Event, Listener};
use pg::{Client, ConnectConfig, Param};
use tokio::sync::mpsc::Receiver;

use crate::server::Server;

async fn next(events: &mut Receiver<Event>) -> Event {
    let next = tokio::time::timeout(std::time::Duration::from_secs(20), events.recv());
    next.await.expect("an event in time").expect("a running listener")
}

async fn notify(config: &ConnectConfig, channel: &str, payload: &str) {
    let mut client = Client::connect(config).await.unwrap();
    client.query("select pg_notify($1, $2)", &[Param::from(channel), Param::from(payload)]).await.unwrap();
}

fn notification(channel: &str, payload: &str) -> Event {
    Event::Notification { channel: channel.to_owned(), payload: payload.to_owned() }
}

#[tokio::test]
async fn notifications_arrive_also_after_the_connection_was_lost() {
    let config = Server::shared().config();
    let name = "test listener";
    let (_listener, mut events) =
        Listener::spawn(config.clone().with_application_name(name), ["pgrst", "Odd \" name"]);
    assert_eq!(next(&mut events).await, Event::Connected);
    notify(&config, "elsewhere", "unheard").await;
    for round in 0..3 {
        let payload = format!("reload {round}");
        notify(&config, "pgrst", &payload).await;
        notify(&config, "Odd \" name", "ü").await;
        assert_eq!(next(&mut events).await, notification("pgrst", &payload));
        assert_eq!(next(&mut events).await, notification("Odd \" name", "ü"));

        let mut admin = Client::connect(&config).await.unwrap();
        let end = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1";
        assert_eq!(admin.query(end, &[Param::from(name)]).await.unwrap().len(), 1);
        assert_eq!(next(&mut events).await, Event::Lost);
        assert_eq!(next(&mut events).await, Event::Connected);
    }
}

#[tokio::test]
async fn a_listener_outlives_a_restart_of_the_server() {
    let server = Server::start();
    let (_listener, mut events) = Listener::spawn(server.config(), ["c"]);
    assert_eq!(next(&mut events).await, Event::Connected);
    server.control(&["stop", "-m", "immediate"]);
    assert_eq!(next(&mut events).await, Event::Lost);
    server.control(&["start"]);
    assert_eq!(next(&mut events).await, Event::Connected);
    notify(&server.config(), "c", "again").await;
    assert_eq!(next(&mut events).await, notification("c", "again"));
}

#[tokio::test]
async fn dropping_the_listener_ends_its_session() {
    let config = Server::shared().config();
    let (listener, mut events) =
        Listener::spawn(config.clone().with_application_name("dropped listener"), ["c"]);
    assert_eq!(next(&mut events).await, Event::Connected);
    drop(listener);
    let mut observer = Client::connect(&config).await.unwrap();
    let alive = "select 1 from pg_stat_activity where application_name = 'dropped listener'";
    while !observer.query(alive, &[]).await.unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(events.recv().await, None);
}
