//! `POST /object/list-v2/{bucket}`: objects and folders below a prefix, byte by byte, pages with a cursor.

use axum::body::Body;
use http::Response;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Asked, check_bucket, json_text};
use crate::db::listing::{self, Entry, Page};
use crate::error::Error;
use crate::logic::cursor::Cursor;
use crate::request;

const COLUMNS: &[&str] = &["name", "updated_at", "created_at"];
const ORDERS: &[&str] = &["asc", "desc"];
/// The largest page.
const MOST: i64 = 1000;

pub(super) async fn answer(asked: Asked<'_>, bucket: &str, body: Body) -> Result<Response<Body>, Error> {
    let fields = request::json(asked.headers(), body).await?;
    let limit = fields.integer("limit", 1)?.unwrap_or(MOST).min(MOST);
    let sort = fields.object("sortBy")?;
    let (column, order) = match &sort {
        None => (None, None),
        Some(sort) => {
            sort.required_text("column")?;
            (sort.word("column", COLUMNS)?, sort.word("order", ORDERS)?)
        }
    };
    let cursor = match fields.text("cursor")?.filter(|cursor| !cursor.is_empty()) {
        None => Cursor::default(),
        Some(text) => Cursor::decode(&text).ok_or(Error::InvalidParameter("continuation token"))?,
    };
    // a cursor goes on as it began
    let known = |words: &[&'static str], word: &Option<String>| {
        words.iter().copied().find(|known| Some(*known) == word.as_deref())
    };
    let page = Page {
        prefix: fields.text("prefix")?.unwrap_or_default(),
        folders: fields.boolean("with_delimiter")?.unwrap_or_default(),
        column: known(COLUMNS, &cursor.column).or(column).unwrap_or("name"),
        order: known(ORDERS, &cursor.order).or(order).unwrap_or("asc"),
        start_after: cursor.start_after,
        after: cursor.after,
        limit: limit + 1,
    };
    check_bucket(bucket)?;
    let entries = listing::page(&asked.ctx.pool, asked.scope(), bucket, &page).await?;
    Ok(json_text(render(entries, &page)?))
}

#[derive(serde::Serialize)]
struct Listed {
    #[serde(rename = "hasNext")]
    has_next: bool,
    #[serde(rename = "nextCursor", skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
    #[serde(rename = "nextCursorKey", skip_serializing_if = "Option::is_none")]
    next_cursor_key: Option<String>,
    folders: Vec<Value>,
    objects: Vec<Box<RawValue>>,
}

fn render(mut entries: Vec<Entry>, page: &Page) -> Result<String, Error> {
    let most = usize::try_from(page.limit - 1).unwrap_or_default();
    let has_next = entries.len() > most;
    entries.truncate(most);
    let last = entries.last().filter(|_| has_next);
    let cursor = last.map(|last| Cursor {
        start_after: last.name.clone(),
        order: Some(page.order.to_owned()),
        column: Some(page.column.to_owned()),
        after: last.time.clone().filter(|_| page.column != "name"),
    });
    let mut listed = Listed {
        has_next,
        next_cursor: cursor.as_ref().map(Cursor::encode),
        next_cursor_key: last.map(|last| last.name.clone()),
        folders: Vec::new(),
        objects: Vec::new(),
    };
    for entry in entries {
        if entry.is_folder {
            let mut folder: Value = serde_json::from_str(&entry.json)?;
            if !entry.name.ends_with('/') {
                folder["name"] = format!("{}/", entry.name).into();
            }
            listed.folders.push(folder);
        } else {
            listed.objects.push(RawValue::from_string(entry.json)?);
        }
    }
    Ok(serde_json::to_string(&listed)?)
}
