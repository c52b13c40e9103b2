//! Reads that are ready to fly but for their values, remembered by their shape.
//!
//! They belong to one state of the options and the catalog, with which they are forgotten.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;
use foldhash::fast::RandomState;

use super::template::{Line, Template};
use crate::logic::plan::media::Negotiated;
use crate::logic::plan::read::LegacyName;
use crate::logic::request::ApiRequest;

/// A read but for its values.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// The request, with marks in the places of its values.
    pub(crate) request: ApiRequest,
    /// How it is answered.
    pub(crate) manner: Manner,
    /// The statement.
    pub(crate) main: Template,
    /// The statement whose plan estimates how many rows there are.
    pub(crate) estimate: Option<Template>,
    /// Where the rows are.
    pub(crate) location: Line,
    /// Reads of this shape that come in the same moment.
    pub(crate) convoy: pg::Convoy,
}

/// How rows are answered.
#[derive(Debug)]
pub(crate) struct Manner {
    /// What is answered with.
    pub(crate) negotiated: Negotiated,
    /// `Content-Type`
    pub(crate) content_type: Bytes,
    /// `Preference-Applied`
    pub(crate) applied: Option<Bytes>,
    /// Deprecated uses of names.
    pub(crate) legacy_names: Vec<LegacyName>,
    /// Without a body.
    pub(crate) head: bool,
}

impl Prepared {
    /// Roughly how many bytes its texts hold.
    pub(crate) fn size(&self) -> usize {
        self.main.size() + self.estimate.as_ref().map_or(0, Template::size) + self.location.size()
    }
}

/// So many are remembered for sure; at most twice as many.
const REMEMBERED: usize = 256;

/// What was asked for of late, by its key. Never asks for more room than twice what it is to remember.
#[derive(Debug)]
pub(crate) struct Recent<T>(RwLock<Generations<T>>);

/// What is not asked for while the young ones grow to their full number is forgotten.
#[derive(Debug)]
struct Generations<T> {
    young: Generation<T>,
    old: Generation<T>,
}

type Generation<T> = HashMap<Box<[u8]>, Arc<T>, RandomState>;

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self(RwLock::new(Generations { young: HashMap::default(), old: HashMap::default() }))
    }
}

impl<T> Recent<T> {
    /// What was remembered under this key.
    pub(crate) fn get(&self, key: &[u8]) -> Option<Arc<T>> {
        let generations = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(young) = generations.young.get(key) {
            return Some(Arc::clone(young));
        }
        let old = Arc::clone(generations.old.get(key)?);
        drop(generations);
        self.insert(key, Arc::clone(&old));
        Some(old)
    }

    /// Remembers it.
    pub(crate) fn insert(&self, key: &[u8], value: Arc<T>) {
        let mut generations = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if generations.young.len() >= REMEMBERED {
            generations.old = std::mem::take(&mut generations.young);
        }
        generations.young.insert(key.into(), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_kept_and_the_rest_is_forgotten() {
        let recent = Recent::default();
        let key = |number: usize| number.to_string().into_bytes();
        for number in 0..10 * REMEMBERED {
            assert_eq!(recent.get(&key(number)), None);
            recent.insert(&key(number), Arc::new(number));
            assert_eq!(recent.get(&key(0)).as_deref(), Some(&0), "after {number}");
        }
        let generations = recent.0.read().expect("no other thread");
        assert_eq!(generations.old.len(), REMEMBERED);
        assert!(generations.young.len() <= REMEMBERED);
    }
}
