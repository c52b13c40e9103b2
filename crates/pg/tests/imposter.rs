//! What the client makes of a server that misbehaves: a script plays the server.

use pg::{ConnectConfig, Error, Flight, Pool, PoolConfig, Statement};
use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const GREETING: &[u8] = b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I";
const PARSED_AND_BOUND: &[u8] = b"1\0\0\0\x042\0\0\0\x04";
const ROW: &[u8] = b"D\0\0\0\x0b\0\x01\0\0\0\x011C\0\0\0\x0dSELECT 1\0";
const READY: &[u8] = b"Z\0\0\0\x05I";

fn fatal(code: &str) -> Vec<u8> {
    let body = format!("SFATAL\0VFATAL\0C{code}\0Mfarewell\0\0");
    let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
    [b"E", &length[..], body.as_bytes()].concat()
}

/// Serves one session: to each thing the client sends, the next answer; then hangs up.
async fn session(listener: &TcpListener, answers: &[Vec<u8>]) {
    let (mut socket, _) = listener.accept().await.unwrap();
    receive(&mut socket).await;
    let _ = socket.write_all(GREETING).await;
    for answer in answers {
        receive(&mut socket).await;
        let _ = socket.write_all(answer).await;
    }
}

async fn receive(socket: &mut TcpStream) {
    let mut buffer = [0; 4096];
    let _ = socket.read(&mut buffer).await;
}

async fn listen() -> (TcpListener, Pool) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://{}?sslmode=disable", listener.local_addr().unwrap());
    let limits = PoolConfig { max_connections: 1, ..PoolConfig::default() };
    (listener, Pool::new(url.parse::<ConnectConfig>().unwrap(), limits))
}

fn flight() -> Flight {
    Statement::new("select 1").into()
}

fn answer() -> Vec<u8> {
    [PARSED_AND_BOUND, ROW, READY].concat()
}

#[tokio::test]
async fn a_farewell_before_any_answer_is_flown_again_and_no_other() {
    for (farewell, again) in [
        (fatal("57P01"), true),
        (fatal("57P05"), true),
        // it had begun
        ([PARSED_AND_BOUND, &fatal("57P01")].concat(), false),
        // not an ending of an idle session
        (fatal("08P01"), false),
        (Vec::new(), false),
    ] {
        let (listener, pool) = listen().await;
        let server = async {
            session(&listener, &[answer(), farewell.clone()]).await;
            session(&listener, &[answer()]).await;
        };
        let client = async {
            assert_eq!(pool.run(flight()).await.unwrap().results[0].rows[0].text(0), Some("1"));
            let second = pool.run(flight()).await;
            assert_eq!(second.is_ok(), again, "{farewell:?}: {second:?}");
            if !again {
                pool.run(flight()).await.unwrap();
            }
        };
        tokio::join!(server, client);
    }
}

#[tokio::test]
async fn answers_that_break_the_protocol_are_errors_and_the_next_session_is_fine() {
    let ready_twice = [&answer(), READY].concat();
    for (wrong, comes_later) in [
        (READY.to_vec(), false),
        (b"D\0\0\0\x0b\0\x01\0\0\0\x091".to_vec(), false),
        (b"T\x7f\xff\xff\xff".to_vec(), false),
        ([PARSED_AND_BOUND, b"G\0\0\0\x07\0\0\0"].concat(), false),
        ([PARSED_AND_BOUND, b"W\0\0\0\x04"].concat(), false),
        (ready_twice, true),
    ] {
        let (listener, pool) = listen().await;
        let server = async {
            session(&listener, std::slice::from_ref(&wrong)).await;
            session(&listener, &[answer()]).await;
        };
        let client = async {
            if comes_later {
                pool.run(flight()).await.unwrap();
            }
            let error = pool.run(flight()).await;
            assert!(matches!(error, Err(Error::Protocol(_))), "{wrong:?}: {error:?}");
            pool.run(flight()).await.unwrap();
        };
        tokio::join!(server, client);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_answer_ends_the_flight(answer in prop::collection::vec(any::<u8>(), 0..64), begun in any::<bool>()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (listener, pool) = listen().await;
            let answers = [if begun { [PARSED_AND_BOUND, ROW, &answer].concat() } else { answer }];
            let ((), outcome) = tokio::join!(session(&listener, &answers), pool.run(flight()));
            // neither a panic nor a hang; and without a ReadyForQuery it is no success
            assert!(outcome.is_err() || answers[0].ends_with(READY), "{outcome:?}");
        });
    }
}
