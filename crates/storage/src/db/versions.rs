//! Which bytes the rows of a database stand for.

use pg::Pool;

use super::{Scope, Work, statement};
use crate::error::Error;

/// An object and the version of it that is served.
pub(crate) struct Kept {
    pub(crate) bucket: String,
    pub(crate) name: String,
    pub(crate) version: String,
}

/// The next objects after that id, and the last id among them; no id: that was all.
pub(crate) async fn after(
    pool: &Pool,
    scope: &Scope,
    id: &str,
) -> Result<(Vec<Kept>, Option<String>), Error> {
    let mut work = Work::of(scope);
    let index = work.push(statement!("list_versions").bind(id));
    let answers = work.run(pool).await?;
    let rows = answers.rows(index);
    let last = rows.last().and_then(|row| row.text(0)).map(str::to_owned);
    let text = |row: &pg::Row, column| row.text(column).unwrap_or_default().to_owned();
    let kept = rows
        .iter()
        .map(|row| Kept { bucket: text(row, 1), name: text(row, 2), version: text(row, 3) })
        .collect();
    Ok((kept, last))
}
