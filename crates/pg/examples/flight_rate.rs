//! Measures flights per second over a number of connections, and what each costs this process.
//!
//! ```text
//! flight_rate URL [CONNECTIONS [SECONDS [STATEMENT [PARAMETER…]]]]
//! ```
//!
//! Each flight is what a REST request sends: role and claims by `set_config`, then the statement. `FLIGHT=bare`
//! leaves the settings out, `THREADS=n` sets the worker threads. To compare, give `pgbench -M prepared` the
//! same statements between `\startpipeline` and `\endpipeline`.

#![expect(clippy::print_stdout, reason = "a program for the command line")]

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use pg::{ConnectConfig, Flight, Param, Pool, PoolConfig, Statement};

const SETTINGS: &str = "select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)";
const CLAIMS: &str = r#"{"sub":"3f1c9b5e-0000-4000-8000-000000000000","role":"anon"}"#;

struct Load {
    pool: Pool,
    statement: Arc<str>,
    parameters: Vec<Param>,
    bare: bool,
    flights: AtomicU64,
}

impl Load {
    fn flight(&self) -> Flight {
        let mut flight = Flight::new();
        if !self.bare {
            let settings = Statement::new(SETTINGS)
                .bind(Param::from_static("anon"))
                .bind(Param::from_static(CLAIMS))
                .cache_key_role("anon");
            flight.push(settings);
        }
        flight.push(
            Statement::new(&self.statement).bind_all(self.parameters.iter().cloned()).cache_key_role("anon"),
        );
        flight
    }

    async fn fly_until(&self, end: Instant) -> Result<(), pg::Error> {
        while Instant::now() < end {
            self.pool.run(self.flight()).await?;
            self.flights.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let url =
        arguments.next().ok_or("usage: flight_rate URL [CONNECTIONS [SECONDS [STATEMENT [PARAMETER…]]]]")?;
    let connections: usize = arguments.next().map_or(Ok(16), |text| text.parse())?;
    let seconds: u64 = arguments.next().map_or(Ok(5), |text| text.parse())?;
    let statement = arguments.next().unwrap_or_else(|| "select 1".to_owned());
    let limits = PoolConfig { max_connections: connections, ..PoolConfig::default() };
    let load = Arc::new(Load {
        pool: Pool::new(url.parse::<ConnectConfig>()?, limits),
        statement: Arc::from(statement),
        parameters: arguments.map(Param::from).collect(),
        bare: std::env::var("FLIGHT").is_ok_and(|flight| flight == "bare"),
        flights: AtomicU64::new(0),
    });
    let threads = std::env::var("THREADS").map_or(Ok(2), |text| text.parse())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()?;
    runtime.block_on(measure(load, connections, seconds))
}

async fn measure(load: Arc<Load>, connections: usize, seconds: u64) -> Result<(), Box<dyn Error>> {
    // connect and prepare before the clock starts
    fly(&load, connections, Duration::from_millis(300)).await?;
    load.flights.store(0, Ordering::Relaxed);
    let (started, cpu) = (Instant::now(), cpu_seconds()?);
    fly(&load, connections, Duration::from_secs(seconds)).await?;
    let (elapsed, cpu) = (started.elapsed().as_secs_f64(), cpu_seconds()? - cpu);
    let flights = f64::from(u32::try_from(load.flights.load(Ordering::Relaxed))?);
    println!(
        "{connections} connections: {:.0} transactions/s, {:.2} µs CPU per flight",
        flights / elapsed,
        cpu * 1e6 / flights
    );
    Ok(())
}

async fn fly(load: &Arc<Load>, connections: usize, time: Duration) -> Result<(), Box<dyn Error>> {
    let end = Instant::now() + time;
    let workers: Vec<_> = (0..connections)
        .map(|_| {
            let load = Arc::clone(load);
            tokio::spawn(async move { load.fly_until(end).await })
        })
        .collect();
    for worker in workers {
        worker.await??;
    }
    Ok(())
}

/// User and system time of this process; the kernel counts in hundredths of a second.
fn cpu_seconds() -> Result<f64, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit_once(')').ok_or("/proc/self/stat has another form")?.1;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks = |field: usize| fields.get(field).ok_or("too few fields").map(|text| text.parse::<u32>());
    Ok(f64::from(ticks(11)?? + ticks(12)??) / 100.0)
}
