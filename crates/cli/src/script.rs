//! SQL that somebody wrote, sent as it is: many statements, in one transaction unless they say otherwise. What fails is told
//! with its place in the text.

use base::migrate;
use pg::{Client, Error, StatementResult};

/// Runs it behind `frame`, of as many statements as it has semicolons, and answers with the results of the script alone.
pub(crate) async fn run(
    client: &mut Client,
    name: &str,
    frame: &str,
    sql: &str,
) -> anyhow::Result<Vec<StatementResult>> {
    let framing = frame.matches(';').count();
    let mut session = client.session().await?;
    let mut said = session.say(&format!("{frame}{sql}")).await?;
    if let Some(mut db) = said.error {
        let before = u32::try_from(frame.chars().count()).unwrap_or_default();
        db.position = db.position.and_then(|position| position.checked_sub(before));
        let completed = said.results.len().saturating_sub(framing);
        return Err(migrate::Error::Statement(Box::new(migrate::locate(name, sql, completed, db))).into());
    }
    if session.in_transaction() {
        return Err(Error::TransactionLeftOpen.into());
    }
    Ok(said.results.split_off(framing.min(said.results.len())))
}
