//! The room's route table: from a method and a path, without `/storage/v1`, to what is asked for.
//!
//! A table of its own because two rules of upstream's router are visible to clients: a method that a more particular path
//! does not have falls through to the general one (`POST /object/public/a.png` is an upload to the bucket `public`), and an
//! object's name keeps all its slashes.

use http::Method;
use percent_encoding::percent_decode_str;

/// An object of a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) bucket: String,
    pub(crate) name: String,
}

impl Target {
    /// `bucket/name`, as answers and signed URLs say it.
    pub(crate) fn path(&self) -> String {
        format!("{}/{}", self.bucket, self.name)
    }
}

/// By which of the three doors an object is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// `/object/…`: whoever may; without a good token only from public buckets.
    Open,
    /// `/object/authenticated/…`: with a token.
    Authenticated,
    /// `/object/public/…`: from public buckets, nobody is asked.
    Public,
}

/// A feature that this room does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Absent {
    /// `/render/image/…`
    ImageTransformation,
    /// `/upload/resumable/…`
    ResumableUpload,
    /// `/s3/…`
    S3,
    /// `/iceberg/…`
    Iceberg,
    /// `/vector/…`
    Vectors,
    /// `/cdn/…`
    Cdn,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    Status,
    BucketCreate,
    BucketList,
    BucketGet(String),
    BucketUpdate(String),
    BucketEmpty(String),
    BucketDelete(String),
    Upload(Target),
    Update(Target),
    Delete(Target),
    DeleteMany(String),
    Download(Door, Target),
    Head(Door, Target),
    Info(Door, Target),
    List(String),
    ListV2(String),
    Move,
    Copy,
    Sign(Target),
    SignMany(String),
    SignedDownload(Target),
    SignUpload(Target),
    SignedUpload(Target),
    Absent(Absent),
}

/// Why there is no route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoRoute {
    /// Nothing is there.
    Unknown,
    /// The path is not percent-encoded UTF-8.
    BadPath,
}

impl Route {
    /// The route of a request. `path` is still percent-encoded.
    pub(crate) fn find(method: &Method, path: &str) -> Result<Self, NoRoute> {
        let (first, rest) = split(path.strip_prefix('/').unwrap_or(path));
        match first {
            "bucket" => bucket(method, rest),
            "object" => object(method, rest.unwrap_or_default()),
            "status" if rest.is_none() => Ok(Self::Status),
            "render" => Ok(Self::Absent(Absent::ImageTransformation)),
            "upload" => Ok(Self::Absent(Absent::ResumableUpload)),
            "s3" => Ok(Self::Absent(Absent::S3)),
            "iceberg" => Ok(Self::Absent(Absent::Iceberg)),
            "vector" => Ok(Self::Absent(Absent::Vectors)),
            "cdn" => Ok(Self::Absent(Absent::Cdn)),
            _ => Err(NoRoute::Unknown),
        }
    }

    /// What policies see as `storage.operation()`.
    pub(crate) fn operation(&self) -> &'static str {
        match self {
            Self::Status | Self::Absent(_) => "",
            Self::BucketCreate => "storage.bucket.create",
            Self::BucketList => "storage.bucket.list",
            Self::BucketGet(_) => "storage.bucket.get",
            Self::BucketUpdate(_) => "storage.bucket.update",
            Self::BucketEmpty(_) => "storage.bucket.empty",
            Self::BucketDelete(_) => "storage.bucket.delete",
            Self::Upload(_) => "storage.object.upload",
            Self::Update(_) => "storage.object.upload_update",
            Self::Delete(_) => "storage.object.delete",
            Self::DeleteMany(_) => "storage.object.delete_many",
            Self::Download(Door::Public, _) => "storage.object.get_public",
            Self::Download(..) => "storage.object.get_authenticated",
            Self::Head(Door::Public, _) | Self::Info(Door::Public, _) => "storage.object.info_public",
            // upstream's own spelling
            Self::Head(..) => "object.head_authenticated_info",
            Self::Info(..) => "object.get_authenticated_info",
            Self::List(_) => "storage.object.list",
            Self::ListV2(_) => "storage.object.list_v2",
            Self::Move => "storage.object.move",
            Self::Copy => "storage.object.copy",
            Self::Sign(_) => "storage.object.sign",
            Self::SignMany(_) => "storage.object.sign_many",
            Self::SignedDownload(_) => "storage.object.get_signed",
            Self::SignUpload(_) => "storage.object.sign_upload_url",
            Self::SignedUpload(_) => "storage.object.upload_signed",
        }
    }
}

fn bucket(method: &Method, rest: Option<&str>) -> Result<Route, NoRoute> {
    let Some(rest) = rest.filter(|rest| !rest.is_empty()) else {
        return match method.as_str() {
            "POST" => Ok(Route::BucketCreate),
            "GET" | "HEAD" => Ok(Route::BucketList),
            _ => Err(NoRoute::Unknown),
        };
    };
    let (id, action) = split(rest);
    let id = decode(id)?;
    match (method.as_str(), action) {
        ("GET" | "HEAD", None) => Ok(Route::BucketGet(id)),
        ("PUT", None) => Ok(Route::BucketUpdate(id)),
        ("DELETE", None) => Ok(Route::BucketDelete(id)),
        ("POST", Some("empty")) => Ok(Route::BucketEmpty(id)),
        _ => Err(NoRoute::Unknown),
    }
}

fn object(method: &Method, path: &str) -> Result<Route, NoRoute> {
    let (first, rest) = split(path);
    if let Some(found) = particular(method.as_str(), first, rest)? {
        return Ok(found);
    }
    match (method.as_str(), target(path)?) {
        ("POST", Some(target)) => Ok(Route::Upload(target)),
        ("PUT", Some(target)) => Ok(Route::Update(target)),
        ("DELETE", Some(target)) => Ok(Route::Delete(target)),
        ("GET", Some(target)) => Ok(Route::Download(Door::Open, target)),
        ("HEAD", Some(target)) => Ok(Route::Head(Door::Open, target)),
        ("DELETE", None) if !path.is_empty() => Ok(Route::DeleteMany(decode(path)?)),
        _ => Err(NoRoute::Unknown),
    }
}

/// Routes whose first word is fixed.
fn particular(method: &str, first: &str, rest: Option<&str>) -> Result<Option<Route>, NoRoute> {
    let after = rest.unwrap_or_default();
    let found = match (method, first) {
        ("POST", "move") if rest.is_none() => Some(Route::Move),
        ("POST", "copy") if rest.is_none() => Some(Route::Copy),
        ("POST", "list") => one(after)?.map(Route::List),
        ("POST", "list-v2") => one(after)?.map(Route::ListV2),
        ("POST", "sign") => match one(after)? {
            Some(bucket) => Some(Route::SignMany(bucket)),
            None => target(after)?.map(Route::Sign),
        },
        ("GET" | "HEAD", "sign") => target(after)?.map(Route::SignedDownload),
        ("POST" | "PUT", "upload") => match split(after) {
            ("sign", Some(path)) if method == "POST" => target(path)?.map(Route::SignUpload),
            ("sign", Some(path)) => target(path)?.map(Route::SignedUpload),
            _ => None,
        },
        ("GET" | "HEAD", "public" | "authenticated") => {
            let door = door(first);
            target(after)?.map(|target| match method {
                "HEAD" => Route::Head(door, target),
                _ => Route::Download(door, target),
            })
        }
        ("GET", "info") => match split(after) {
            ("public" | "authenticated", Some(path)) if target(path)?.is_some() => {
                target(path)?.map(|target| Route::Info(door(split(after).0), target))
            }
            _ => target(after)?.map(|target| Route::Info(Door::Open, target)),
        },
        _ => None,
    };
    Ok(found)
}

fn door(word: &str) -> Door {
    if word == "public" { Door::Public } else { Door::Authenticated }
}

/// The first segment, and what follows its slash if there is one.
fn split(path: &str) -> (&str, Option<&str>) {
    path.split_once('/').map_or((path, None), |(first, rest)| (first, Some(rest)))
}

/// The only segment.
fn one(path: &str) -> Result<Option<String>, NoRoute> {
    match split(path) {
        ("", _) | (_, Some(_)) => Ok(None),
        (only, None) => decode(only).map(Some),
    }
}

fn target(path: &str) -> Result<Option<Target>, NoRoute> {
    match split(path) {
        ("", _) | (_, None) => Ok(None),
        (bucket, Some(name)) => Ok(Some(Target { bucket: decode(bucket)?, name: decode(name)? })),
    }
}

fn decode(text: &str) -> Result<String, NoRoute> {
    let well_formed = text.split('%').skip(1).all(|after| {
        let mut digits = after.bytes();
        let mut hex = || digits.next().is_some_and(|digit| digit.is_ascii_hexdigit());
        hex() && hex()
    });
    if !well_formed {
        return Err(NoRoute::BadPath);
    }
    percent_decode_str(text).decode_utf8().map(Into::into).map_err(|_error| NoRoute::BadPath)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(bucket: &str, name: &str) -> Target {
        Target { bucket: bucket.to_owned(), name: name.to_owned() }
    }

    fn find(line: &str) -> Result<Route, NoRoute> {
        let (method, path) = line.split_once(' ').unwrap();
        Route::find(&method.parse().unwrap(), path)
    }

    #[test]
    fn the_table() {
        use Door::{Authenticated, Open, Public};
        let bucket = || "b".to_owned();
        let cases = [
            ("GET /status", Route::Status),
            ("POST /bucket", Route::BucketCreate),
            ("POST /bucket/", Route::BucketCreate),
            ("GET /bucket", Route::BucketList),
            ("GET /bucket/b", Route::BucketGet(bucket())),
            ("PUT /bucket/b", Route::BucketUpdate(bucket())),
            ("DELETE /bucket/b", Route::BucketDelete(bucket())),
            ("POST /bucket/b/empty", Route::BucketEmpty(bucket())),
            ("POST /object/b/a/c.png", Route::Upload(at("b", "a/c.png"))),
            ("PUT /object/b/c.png", Route::Update(at("b", "c.png"))),
            ("DELETE /object/b/c.png", Route::Delete(at("b", "c.png"))),
            ("DELETE /object/b", Route::DeleteMany(bucket())),
            ("GET /object/b/c%20d.png", Route::Download(Open, at("b", "c d.png"))),
            ("HEAD /object/b/c", Route::Head(Open, at("b", "c"))),
            ("GET /object/public/b/c", Route::Download(Public, at("b", "c"))),
            ("HEAD /object/public/b/c", Route::Head(Public, at("b", "c"))),
            ("GET /object/authenticated/b/c", Route::Download(Authenticated, at("b", "c"))),
            ("HEAD /object/authenticated/b/c", Route::Head(Authenticated, at("b", "c"))),
            ("GET /object/info/b/c", Route::Info(Open, at("b", "c"))),
            ("GET /object/info/public/b/c", Route::Info(Public, at("b", "c"))),
            ("GET /object/info/authenticated/b/c", Route::Info(Authenticated, at("b", "c"))),
            ("POST /object/list/b", Route::List(bucket())),
            ("POST /object/list-v2/b", Route::ListV2(bucket())),
            ("POST /object/move", Route::Move),
            ("POST /object/copy", Route::Copy),
            ("POST /object/sign/b/c/d", Route::Sign(at("b", "c/d"))),
            ("POST /object/sign/b", Route::SignMany(bucket())),
            ("GET /object/sign/b/c", Route::SignedDownload(at("b", "c"))),
            ("POST /object/upload/sign/b/c", Route::SignUpload(at("b", "c"))),
            ("PUT /object/upload/sign/b/c", Route::SignedUpload(at("b", "c"))),
            ("GET /render/image/public/b/c", Route::Absent(Absent::ImageTransformation)),
            // what a more particular path does not have falls through to the general one
            ("POST /object/public/c.png", Route::Upload(at("public", "c.png"))),
            ("PUT /object/sign/c.png", Route::Update(at("sign", "c.png"))),
            ("GET /object/list/c.png", Route::Download(Open, at("list", "c.png"))),
            ("GET /object/info/public/c", Route::Info(Open, at("public", "c"))),
            ("GET /object/public/c", Route::Download(Open, at("public", "c"))),
            ("PUT /object/upload/c", Route::Update(at("upload", "c"))),
            // slashes are part of the name
            ("GET /object/b//c", Route::Download(Open, at("b", "/c"))),
            ("GET /object/b/c//d/", Route::Download(Open, at("b", "c//d/"))),
            ("POST /object/b/", Route::Upload(at("b", ""))),
            ("GET /object/b/a%2Fb", Route::Download(Open, at("b", "a/b"))),
        ];
        for (line, expected) in cases {
            assert_eq!(find(line), Ok(expected), "{line}");
        }
        for line in [
            "GET /",
            "GET /bucket/b/c",
            "PATCH /object/b/c",
            "POST /object",
            "POST /object/b",
            "GET /statusx",
        ] {
            assert_eq!(find(line), Err(NoRoute::Unknown), "{line}");
        }
        for line in ["GET /object/b/%", "GET /object/b/%ff", "GET /object/%zz/a", "GET /bucket/%f"] {
            assert_eq!(find(line), Err(NoRoute::BadPath), "{line}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_path_has_a_route_or_none(path in ".*", method in "GET|PUT|POST|DELETE|HEAD|PATCH") {
            let _either = Route::find(&method.parse().unwrap(), &path);
        }

        #[test]
        fn a_name_comes_through_as_it_was_encoded(name in ".+") {
            let encoded = percent_encoding::utf8_percent_encode(&name, percent_encoding::NON_ALPHANUMERIC);
            let found = Route::find(&Method::PUT, &format!("/object/b/{encoded}"));
            proptest::prop_assert_eq!(found, Ok(Route::Update(at("b", &name))));
        }
    }
}
