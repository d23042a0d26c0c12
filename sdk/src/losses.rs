//! What a value would lose if it were read as one of several types: [`unions`](crate::unions) choose the one that loses least.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    hash::{DefaultHasher, Hash, Hasher},
};

use serde_json::Value;

/// Where in a value something stands, by the names of the properties that lead there. The items of a list stand in one place: what one
/// of them has a name for, all have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place(u64);

impl Place {
    /// The place of a property of the object that stands here.
    pub(crate) fn property(self, name: &str) -> Self {
        self.within(Some(name))
    }

    /// The place of the items of the list that stands here.
    pub(crate) fn items(self) -> Self {
        self.within(None)
    }

    fn within(self, name: Option<&str>) -> Self {
        let mut hasher = DefaultHasher::new();
        (self, name).hash(&mut hasher);
        Self(hasher.finish())
    }
}

/// What was lost since the last [`measured`] began.
#[derive(Default)]
pub(crate) struct Losses {
    /// Where the properties are that no field took.
    ignored: Vec<Place>,
    /// Where the properties are that have a field, be they there or not.
    named: BTreeSet<Place>,
    /// How many values the description does not list, are kept as JSON, or would be written back differently.
    pub(crate) inexact: usize,
    /// What the description lists, if a value is not among that.
    pub(crate) unlisted: Option<&'static str>,
}

thread_local! {
    /// `None` where nobody measures, so that nothing is kept.
    static LOSSES: RefCell<Option<Losses>> = const { RefCell::new(None) };
    /// Where the value stands that was read last as any JSON.
    static PLACE: Cell<Place> = const { Cell::new(Place(0)) };
    static LEFT: Cell<Option<usize>> = const { Cell::new(None) };
    #[cfg(feature = "mock")]
    static IS_STRICT: Cell<bool> = const { Cell::new(false) };
}

/// How often, on average, what stands in a value may be read before a type is found for it. Where each of several types holds the next
/// value in turn, the number of attempts doubles with each level, and a server's value can have more than a hundred.
const MAX_READS: usize = 1000;

/// As long as it lives, what is read to find a type for a value, and for those that stand within it, is limited.
pub(crate) struct Budget {
    is_outermost: bool,
}

impl Budget {
    pub(crate) fn of(value: &Value) -> Self {
        let is_outermost = LEFT.get().is_none();
        if is_outermost {
            LEFT.set(Some(count(value).saturating_mul(MAX_READS)));
        }
        Self { is_outermost }
    }
}

/// Whether a value may be read once more.
pub(crate) fn spend(value: &Value) -> bool {
    let left = LEFT.get().and_then(|left| left.checked_sub(count(value)));
    LEFT.set(Some(left.unwrap_or(0)));
    left.is_some()
}

impl Drop for Budget {
    fn drop(&mut self) {
        if self.is_outermost {
            LEFT.set(None);
        }
    }
}

/// How many values stand in a value, with itself.
fn count(value: &Value) -> usize {
    let within = match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(properties) => properties.values().map(count).sum(),
        _ => 0,
    };
    within + 1
}

/// Has closed objects refuse other properties than they name, as the mock server does. A client reads what a newer server sends.
#[cfg(feature = "mock")]
pub(crate) fn strictly<T>(read: impl FnOnce() -> T) -> T {
    let outer = IS_STRICT.replace(true);
    let value = read();
    IS_STRICT.set(outer);
    value
}

/// A property that a closed object does not have.
#[cfg(feature = "mock")]
pub(crate) fn extra<'a>(
    object: &str,
    fields: &[&str],
    mut properties: impl Iterator<Item = &'a String>,
) -> Option<&'a String> {
    let is_closed = IS_STRICT.get() && crate::generated::mock::CLOSED.contains(&object);
    properties.find(|name| is_closed && !fields.contains(&name.as_str()))
}

fn change(change: impl FnOnce(&mut Losses)) {
    LOSSES.with_borrow_mut(|losses| losses.as_mut().map(change));
}

impl Losses {
    /// How many properties were lost.
    pub(crate) fn ignored(&self) -> usize {
        self.ignored.len()
    }

    /// Whether the property that stands there was lost.
    pub(crate) fn has_lost(&self, place: Place) -> bool {
        self.ignored.contains(&place)
    }

    /// How many properties were lost that have a field in `others`.
    pub(crate) fn named_by<'a>(&self, others: &(impl Iterator<Item = &'a Self> + Clone)) -> usize {
        let is_named = |place: &&Place| others.clone().any(|other| other.named.contains(place));
        self.ignored.iter().filter(is_named).count()
    }

    /// Counts what was lost of a part of the value.
    pub(crate) fn count(&self) {
        change(|losses| {
            losses.ignored.extend(&self.ignored);
            losses.inexact += self.inexact;
            losses.unlisted = losses.unlisted.or(self.unlisted);
        });
    }

    /// Takes down which properties have a field by another attempt.
    pub(crate) fn add_named(&mut self, other: &Self) {
        self.named.extend(&other.named);
    }

    /// Takes down which properties of a part of the value have a field, in any of its types.
    pub(crate) fn count_named(&self) {
        change(|losses| losses.named.extend(&self.named));
    }
}

/// What `read` returns of the value that stands there, and what was lost meanwhile.
pub(crate) fn measured<T>(place: Place, read: impl FnOnce() -> T) -> (T, Losses) {
    let outer = LOSSES.replace(Some(Losses::default()));
    PLACE.set(place);
    let value = read();
    (value, LOSSES.replace(outer).unwrap_or_default())
}

/// Where the value stands that was read last as any JSON: that of a union, before it is known what it is.
pub(crate) fn place() -> Place {
    PLACE.get()
}

/// Says where the value stands that was read as any JSON.
pub(crate) fn set_place(place: Place) {
    PLACE.set(place);
}

/// Counts a property that no field takes.
pub(crate) fn ignored(place: Place) {
    change(|losses| losses.ignored.push(place));
}

/// Takes down the properties that have a field.
pub(crate) fn named(places: impl Iterator<Item = Place>) {
    change(|losses| losses.named.extend(places));
}

/// Counts a value that is kept as JSON, or would be written back differently.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn inexact() {
    change(|losses| losses.inexact += 1);
}

/// Counts a value that is not what the description lists.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn unlisted(listed: &'static str) {
    change(|losses| {
        losses.inexact += 1;
        losses.unlisted = losses.unlisted.or(Some(listed));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_kept_where_nobody_measures() {
        let place = Place::default().property("a");
        ignored(place);
        named([place].into_iter());
        unlisted("'a'");
        assert!(LOSSES.with_borrow(Option::is_none));
        let ((), losses) = measured(place, || {
            assert_eq!(super::place(), place);
            ignored(place);
        });
        assert_eq!(losses.ignored(), 1);
        assert!(LOSSES.with_borrow(Option::is_none));
    }
}
