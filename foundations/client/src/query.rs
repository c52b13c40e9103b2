//! Which rows are meant: filters, order and limits in PostgREST's words, and what becomes of the rows.

use std::fmt::{Display, Write as _};
use std::marker::PhantomData;

use reqwest::{Method, Url};

use crate::client::{Client, encode};
use crate::error::Error;
use crate::relation::{Relation, Table};

/// The direction of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The smallest first, nulls last.
    Ascending,
    /// The largest first, nulls first.
    Descending,
}

/// Rows of a table or view.
#[derive(Debug, Clone)]
#[must_use = "nothing is sent before `all`, `first`, `update` or `delete`"]
pub struct Query<'a, R> {
    client: &'a Client,
    url: Url,
    order: String,
    is_filtered: bool,
    relation: PhantomData<R>,
}

impl<'a, R: Relation> Query<'a, R> {
    pub(crate) fn new(client: &'a Client) -> Self {
        let mut url = client.table::<R>();
        url.query_pairs_mut().append_pair("select", "*");
        Self { client, url, order: String::new(), is_filtered: false, relation: PhantomData }
    }

    /// Rows where the column is this.
    pub fn eq(self, column: &str, value: impl Display) -> Self {
        self.filter(column, "eq", value)
    }

    /// Rows where the column is something else, and not null.
    pub fn neq(self, column: &str, value: impl Display) -> Self {
        self.filter(column, "neq", value)
    }

    /// Rows where the column is null.
    pub fn is_null(self, column: &str) -> Self {
        self.filter(column, "is", "null")
    }

    /// Rows where the column is one of these.
    pub fn is_in<V: Display>(self, column: &str, values: impl IntoIterator<Item = V>) -> Self {
        let quoted: Vec<String> = values.into_iter().map(|value| quoted(&value.to_string())).collect();
        self.filter(column, "in", format_args!("({})", quoted.join(",")))
    }

    /// Rows that pass a filter by PostgREST's name for it: `gt`, `like`, `cs`, `not.eq` …
    pub fn filter(self, column: &str, operator: &str, value: impl Display) -> Self {
        let column = name(column);
        self.query(&column, &format!("{operator}.{value}"))
    }

    /// A parameter as PostgREST reads it, for what has no method here: `or`, `and`, a filter of an embedded table.
    pub fn query(mut self, parameter: &str, value: &str) -> Self {
        self.url.query_pairs_mut().append_pair(parameter, value);
        self.is_filtered |= !["limit", "offset", "order", "select"].contains(&parameter);
        self
    }

    /// By this column, after those named before.
    pub fn order(mut self, column: &str, order: Order) -> Self {
        let direction = match order {
            Order::Ascending => "asc",
            Order::Descending => "desc",
        };
        let comma = if self.order.is_empty() { "" } else { "," };
        let _infallible = write!(self.order, "{comma}{}.{direction}", name(column));
        self
    }

    /// So many at most.
    pub fn limit(self, rows: usize) -> Self {
        self.query("limit", &rows.to_string())
    }

    /// Without the first so many.
    pub fn offset(self, rows: usize) -> Self {
        self.query("offset", &rows.to_string())
    }

    /// Reads the rows. The server may have a limit of its own, a thousand unless it says otherwise.
    pub async fn all(self) -> Result<Vec<R::Row>, Error> {
        self.send(Method::GET, None).await
    }

    /// Reads the first of the rows.
    pub async fn first(self) -> Result<Option<R::Row>, Error> {
        Ok(self.limit(1).all().await?.into_iter().next())
    }

    async fn send(mut self, method: Method, body: Option<Vec<u8>>) -> Result<Vec<R::Row>, Error> {
        if !self.order.is_empty() {
            self.url.query_pairs_mut().append_pair("order", &self.order);
        }
        let profile = if method == Method::GET { "accept-profile" } else { "content-profile" };
        let request = self.client.request(method, self.url).header(profile, R::SCHEMA);
        self.client.answer(request.header("prefer", "return=representation"), body).await
    }
}

impl<T: Table> Query<'_, T> {
    /// Changes the rows and returns them; where nothing changes, as they are.
    ///
    /// # Errors
    /// [`Error::Unfiltered`] without a filter.
    pub async fn update(self, change: &T::Update) -> Result<Vec<T::Row>, Error> {
        if !self.is_filtered {
            return Err(Error::Unfiltered);
        }
        let body = encode(change)?;
        if body == b"{}" {
            return self.all().await;
        }
        self.send(Method::PATCH, Some(body)).await
    }

    /// Deletes the rows and returns them.
    ///
    /// # Errors
    /// [`Error::Unfiltered`] without a filter.
    pub async fn delete(self) -> Result<Vec<T::Row>, Error> {
        if !self.is_filtered {
            return Err(Error::Unfiltered);
        }
        self.send(Method::DELETE, None).await
    }
}

/// A column's name, quoted unless it is a plain word.
fn name(column: &str) -> String {
    let is_plain = column.chars().all(|character| character.is_alphanumeric() || character == '_');
    if is_plain { column.to_owned() } else { quoted(column) }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Things;

    impl Relation for Things {
        const SCHEMA: &'static str = "public";
        const NAME: &'static str = "odd things/2";
        type Row = serde_json::Value;
    }

    impl Table for Things {
        type Insert = serde_json::Value;
        type Update = serde_json::Value;
    }

    fn client() -> Client {
        Client::new(reqwest::Client::new(), "http://127.0.0.1:1/base/", "key").unwrap()
    }

    #[test]
    fn filters_are_written_as_postgrest_reads_them() {
        let client = client();
        let query = client
            .from::<Things>()
            .eq("id", 1)
            .is_in("first name", ["a,b", "say \"hi\""])
            .is_null("gone")
            .filter("at", "not.lt", "2026-01-01")
            .limit(3);
        assert_eq!(query.url.path(), "/base/rest/v1/odd%20things%2F2");
        let pairs: Vec<(String, String)> = query.url.query_pairs().into_owned().collect();
        let expected = [
            ("select", "*"),
            ("id", "eq.1"),
            ("\"first name\"", r#"in.("a,b","say \"hi\"")"#),
            ("gone", "is.null"),
            ("at", "not.lt.2026-01-01"),
            ("limit", "3"),
        ];
        assert_eq!(pairs, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
    }

    #[test]
    fn what_would_change_every_row_is_not_sent() {
        let client = client();
        let change = serde_json::json!({});
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let all = || client.from::<Things>().limit(5).order("id", Order::Ascending);
            assert!(matches!(all().update(&change).await, Err(Error::Unfiltered)));
            assert!(matches!(all().delete().await, Err(Error::Unfiltered)));
        });
    }

    #[test]
    fn an_address_must_be_one() {
        for url in ["", "localhost", "ftp://host", "postgres://host"] {
            assert!(matches!(Client::new(reqwest::Client::new(), url, "key"), Err(Error::Url(_))), "{url}");
        }
    }
}
