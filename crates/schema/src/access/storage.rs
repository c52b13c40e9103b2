//! Files: for each bucket an object in the owner's folder, on which the policies of `storage.objects` are tried.
//!
//! Which folder is whose is a convention of the project. The usual ones are tried: the user's id, and the organisation's;
//! others are named in `access.toml`.

use std::collections::BTreeMap;

use super::Error;
use super::draft::{Given, Origin};
use super::hints::filled;
use super::matrix::{Right, Rights};
use super::model::{Table, ident, literal};
use super::people::Person;
use super::world::{Made, World, short};

/// An object that was put into a bucket.
#[derive(Debug)]
pub(super) struct File {
    pub(super) title: String,
    pub(super) remarks: Vec<String>,
    /// `None` when it could not be put there, which a remark says.
    pub(super) made: Option<Made>,
}

/// Puts a file into every bucket, for each convention one.
pub(super) async fn files(world: &mut World<'_, '_, '_>) -> Result<Vec<File>, Error> {
    let Some(objects) = world.model.find("storage", "objects") else { return Ok(Vec::new()) };
    if world.model.find("storage", "buckets").is_none() {
        return Ok(Vec::new());
    }
    let buckets = world.session.query(include_str!("../../sql/access/buckets.sql"), &[]).await?;
    let mut files = Vec::new();
    for bucket in buckets {
        let id: String = bucket.get(0)?;
        let is_public: bool = bucket.get(1)?;
        for (convention, name) in names(world, &id).await? {
            let mut file = put(world, objects, &id, &name).await?;
            file.title = format!("storage.objects in {id}, {convention}");
            if is_public {
                file.remarks.push("a public bucket: who knows a file's address may read it".to_owned());
            }
            files.push(file);
        }
    }
    Ok(files)
}

/// What a file of the owner may be called, as SQL, with what to call the convention.
async fn names(world: &mut World<'_, '_, '_>, bucket: &str) -> Result<Vec<(String, String)>, Error> {
    if let Some(name) = world.hints.storage.get(bucket) {
        return Ok(vec![("named as in access.toml".to_owned(), filled(name))]);
    }
    let mut names = vec![("<user>/…".to_owned(), format!("'{}/access.png'", Person::Owner.id()))];
    if let Some(organisation) = world.organisation.clone()
        && let Ok(home) = world.row(Person::Owner, &organisation.table).await?
        && let Some(Some(id)) = home.values.get("id")
    {
        names.push(("<organisation>/…".to_owned(), literal(&format!("{id}/access.png"))));
    }
    Ok(names)
}

async fn put(
    world: &mut World<'_, '_, '_>,
    objects: &Table,
    bucket: &str,
    name: &str,
) -> Result<File, Error> {
    let mut given = vec![
        Given { column: "bucket_id".to_owned(), expression: literal(bucket), origin: Origin::Reference },
        Given { column: "name".to_owned(), expression: name.to_owned(), origin: Origin::Person },
    ];
    for column in ["owner", "owner_id"] {
        if let Some(column) = objects.column(column) {
            given.push(Given {
                column: column.name.clone(),
                expression: format!("'{}'::{}", Person::Owner.id(), column.type_name),
                origin: Origin::Person,
            });
        }
    }
    let put = world.change(&super::draft::insert(objects, &given)).await?;
    let (mut remarks, mut made) = (Vec::new(), None);
    match put {
        Ok(()) => {
            let condition =
                format!("{} = {} and {} = {name}", ident("bucket_id"), literal(bucket), ident("name"));
            made = Some(Made { values: BTreeMap::new(), given, condition });
        }
        Err(error) => remarks.push(format!("no file could be put here: {}", short(&error))),
    }
    Ok(File { title: String::new(), remarks, made })
}

/// Of files it matters whether they may be changed, not in which columns. Truncate is the platform's grant, not the
/// project's, and nobody can ask the storage room for it.
pub(super) fn whole(rights: Rights) -> Rights {
    let without_columns = |list: Vec<Right>| {
        let mut whole: Vec<Right> = list.into_iter().map(|right| Right::whole(&right.verb)).collect();
        whole.retain(|right| right.verb != "truncate");
        whole.dedup();
        whole
    };
    let mut rights = Rights {
        allowed: without_columns(rights.allowed),
        policy: without_columns(rights.policy),
        trigger: without_columns(rights.trigger),
    };
    let allowed = rights.allowed.clone();
    let is_open = |right: &Right| !allowed.contains(right);
    rights.policy.retain(is_open);
    rights.trigger.retain(is_open);
    rights
}
