//! Statements that list objects.

use pg::Pool;

use super::{Scope, Work, statement};
use crate::error::Error;

/// The first listing: pages are counted, case does not matter.
pub(crate) struct Search {
    pub(crate) prefix: String,
    pub(crate) text: String,
    pub(crate) limit: i64,
    pub(crate) offset: i64,
    pub(crate) column: &'static str,
    pub(crate) order: &'static str,
}

/// The second listing: pages have a cursor.
pub(crate) struct Page {
    pub(crate) prefix: String,
    pub(crate) folders: bool,
    /// Comes after this name …
    pub(crate) start_after: String,
    /// … and this time, when it is sorted by one.
    pub(crate) after: Option<String>,
    pub(crate) column: &'static str,
    pub(crate) order: &'static str,
    pub(crate) limit: i64,
}

/// One line of the second listing.
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) is_folder: bool,
    /// The time it is sorted by.
    pub(crate) time: Option<String>,
    /// As it is answered, as JSON.
    pub(crate) json: String,
}

/// What the caller may see right below a prefix, as JSON.
pub(crate) async fn search(
    pool: &Pool,
    scope: &Scope,
    bucket: &str,
    search: &Search,
) -> Result<String, Error> {
    let mut work = Work::of(scope);
    let levels = format!("{}{}", search.prefix, search.text).split('/').count();
    let index = work.push(
        statement!("search")
            .bind(search.prefix.as_str())
            .bind(bucket)
            .bind(search.limit)
            .bind(i64::try_from(levels).unwrap_or(i64::from(i32::MAX)))
            .bind(search.offset)
            .bind(search.text.as_str())
            .bind(search.column)
            .bind(search.order),
    );
    Ok(work.run(pool).await?.json_array(index, 0))
}

/// A page of what the caller may see below a prefix.
pub(crate) async fn page(pool: &Pool, scope: &Scope, bucket: &str, page: &Page) -> Result<Vec<Entry>, Error> {
    let mut work = Work::of(scope);
    let statement = match (page.folders, page.column, page.order) {
        (true, ..) => {
            let levels = page.prefix.split('/').count();
            statement!("search_folders")
                .bind(page.prefix.as_str())
                .bind(bucket)
                .bind(page.limit)
                .bind(i64::try_from(levels).unwrap_or(i64::from(i32::MAX)))
                .bind(page.start_after.as_str())
                .bind(page.order)
                .bind(page.column)
                .bind(page.after.as_deref())
        }
        (false, "name", order) => {
            let statement = if order == "desc" {
                statement!("list_by_name_descending")
            } else {
                statement!("list_by_name")
            };
            statement.bind(bucket).bind(page.prefix.as_str()).bind(page.start_after.as_str()).bind(page.limit)
        }
        (false, column, order) => statement!("list_by_time")
            .bind(bucket)
            .bind(page.prefix.as_str())
            .bind(page.start_after.as_str())
            .bind(page.limit)
            .bind(column)
            .bind(order)
            .bind(page.after.as_deref()),
    };
    let index = work.push(statement);
    let answers = work.run(pool).await?;
    let entry = |row: &pg::Row| {
        Ok(Entry {
            name: row.get(0)?,
            is_folder: row.get(1)?,
            time: row.get(2)?,
            json: row.text(3).unwrap_or("{}").to_owned(),
        })
    };
    answers.rows(index).iter().map(entry).collect()
}
