//! The table of everything the room answers that is not a success: statuses, the two codes, and upstream's wording.

use std::borrow::Cow;

use base::identity::JwtError;
use http::StatusCode;

use super::{Error, database};
use crate::logic::route::Absent;

/// What a client is told.
pub(super) struct Description {
    /// The status of the answer.
    pub(super) http: StatusCode,
    /// The status that is meant.
    pub(super) status: u16,
    /// The older of the two codes.
    pub(super) error: Cow<'static, str>,
    pub(super) code: &'static str,
    pub(super) message: Cow<'static, str>,
}

/// As most errors are: HTTP 400.
pub(super) fn describe(
    status: u16,
    error: &'static str,
    code: &'static str,
    message: impl Into<Cow<'static, str>>,
) -> Description {
    let http = if status == 500 { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::BAD_REQUEST };
    Description { http, status, error: error.into(), code, message: message.into() }
}

/// The status that is meant is also that of the answer.
pub(super) fn describe_plainly(
    status: u16,
    error: &'static str,
    code: &'static str,
    message: impl Into<Cow<'static, str>>,
) -> Description {
    let http = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    Description { http, ..describe(status, error, code, message) }
}

/// Both codes are the same.
fn plain(status: u16, code: &'static str, message: impl Into<Cow<'static, str>>) -> Description {
    describe(status, code, code, message)
}

impl Error {
    pub(super) fn description(&self) -> Description {
        self.describe_request()
            .or_else(|| self.describe_caller())
            .or_else(|| self.describe_bucket())
            .or_else(|| self.describe_object())
            .unwrap_or_else(|| self.describe_failure())
    }

    fn describe_request(&self) -> Option<Description> {
        const CODE: &str = "InvalidRequest";
        Some(match self {
            Self::NoSuchRoute(line) => {
                describe_plainly(404, "Not Found", CODE, format!("Route {line} not found"))
            }
            Self::BadPath(path) => {
                describe(400, "Error", CODE, format!("'{path}' is not a valid url component"))
            }
            Self::Invalid(why) => describe(400, "Error", CODE, why.0.clone()),
            Self::UnsupportedMediaType => {
                describe(415, "invalid_mime_type", "InvalidMimeType", "Invalid Content-Type header")
            }
            Self::EmptyBody => describe(
                400,
                "FastifyError",
                CODE,
                "Body cannot be empty when content-type is set to 'application/json'",
            ),
            Self::BadJson(_) => describe(
                400,
                "FastifyError",
                CODE,
                "Body is not valid JSON but content-type is set to 'application/json'",
            ),
            Self::BodyTooLarge => {
                describe_plainly(413, "FastifyError", "EntityTooLarge", "Request body is too large")
            }
            Self::BodyNotReceived(why) => plain(400, CODE, why.clone()),
            Self::NothingToChange => plain(400, CODE, "No content provided"),
            Self::Absent(feature) => {
                let name = match feature {
                    Absent::ImageTransformation => "image transformation",
                    Absent::ResumableUpload => "resumable uploads",
                    Absent::S3 => "S3 protocol",
                    Absent::Iceberg => "iceberg_catalog",
                    Absent::Vectors => "vectors",
                    Absent::Cdn => "CDN purge",
                };
                plain(
                    409,
                    "FeatureNotEnabled",
                    format!("The feature {name} is not enabled for this resource"),
                )
            }
            _ => return None,
        })
    }

    fn describe_caller(&self) -> Option<Description> {
        Some(match self {
            Self::BadJwt(why) => denied(wording(why)),
            Self::AccessDenied(why) => denied(why.clone()),
            Self::ServiceRoleOnly => {
                describe_plainly(403, "Unauthorized", "AccessDenied", "Access denied: Invalid role")
            }
            Self::BadSignedUrl(why) => plain(400, "InvalidJWT", wording(why)),
            Self::Misfit(why) => plain(400, "InvalidSignature", why.to_string()),
            _ => return None,
        })
    }

    fn describe_bucket(&self) -> Option<Description> {
        Some(match self {
            Self::NoSuchBucket => describe(404, "Bucket not found", "NoSuchBucket", "Bucket not found"),
            Self::BucketAlreadyExists => duplicate("BucketAlreadyExists"),
            Self::BucketNotEmpty => {
                plain(409, "ResourceNotEmpty", "The bucket you tried to delete is not empty")
            }
            Self::BucketTooFull => plain(
                409,
                "InvalidRequest",
                "Unable to empty the bucket because it contains too many objects",
            ),
            Self::InvalidBucketName => {
                describe(400, "Invalid Input", "InvalidBucketName", "Bucket name invalid")
            }
            Self::InvalidFileSizeLimit => {
                plain(400, "InvalidRequest", "Invalid file size format, hint: use 20GB / 20MB / 30KB / 3B")
            }
            _ => return None,
        })
    }

    fn describe_object(&self) -> Option<Description> {
        Some(match self {
            Self::NoSuchKey => describe(404, "not_found", "NoSuchKey", "Object not found"),
            Self::BytesNotFound => describe(404, "Not found", "NoSuchKey", "The resource was not found"),
            Self::KeyAlreadyExists => duplicate("KeyAlreadyExists"),
            Self::InvalidKey(name) => plain(400, "InvalidKey", format!("Invalid key: {name}")),
            Self::InvalidMimeType(name) => describe(
                415,
                "invalid_mime_type",
                "InvalidMimeType",
                format!("mime type {name} is not supported"),
            ),
            Self::EntityTooLarge(what) => describe(
                413,
                "Payload too large",
                "EntityTooLarge",
                format!("The {what} exceeded the maximum allowed size"),
            ),
            Self::InvalidRange => {
                describe_plainly(416, "invalid_range", "InvalidRange", "invalid range provided")
            }
            Self::InvalidRobotsTag(why) => describe(
                400,
                "invalid_x_robots_tag",
                "InvalidRequest",
                format!("Invalid X-Robots-Tag header: {why}"),
            ),
            Self::InvalidParameter(name) => {
                plain(400, "InvalidParameter", format!("Invalid Parameter {name}"))
            }
            Self::TooManyObjects => {
                plain(400, "InvalidRequest", "Bulk object requests are limited to 1000 objects per request.")
            }
            Self::Locked => plain(423, "ResourceLocked", "The resource is locked"),
            _ => return None,
        })
    }

    fn describe_failure(&self) -> Description {
        match self {
            Self::Database(error) => database::describe(error),
            _ => describe(500, "Internal", "InternalError", "Internal Server Error"),
        }
    }
}

fn denied(message: impl Into<Cow<'static, str>>) -> Description {
    describe(403, "Unauthorized", "AccessDenied", message)
}

fn duplicate(code: &'static str) -> Description {
    describe(409, "Duplicate", code, "The resource already exists")
}

/// What is wrong with a token in the words of upstream's library.
fn wording(error: &JwtError) -> Cow<'static, str> {
    let words = match error {
        JwtError::Critical(name) => {
            return format!("Extension Header Parameter \"{name}\" is not recognized").into();
        }
        JwtError::Empty | JwtError::Parts(_) | JwtError::Algorithm(_) => "Invalid Compact JWS",
        JwtError::NoSuitableKey | JwtError::Signature => "signature verification failed",
        JwtError::ClaimsNotObject => "JWT Claims Set must be a top-level JSON object",
        JwtError::NotNumber(_) => "unexpected claim value type",
        JwtError::AudienceShape | JwtError::Audience => "unexpected \"aud\" claim value",
        JwtError::Expired => "\"exp\" claim timestamp check failed",
        JwtError::NotYetValid => "\"nbf\" claim timestamp check failed",
        JwtError::IssuedInFuture => "\"iat\" claim timestamp check failed (it should be in the past)",
    };
    words.into()
}
