//! What a value would lose if it were read as one of several types: [`unions`](crate::unions) choose the one that loses least.

use std::cell::{Cell, RefCell};

use serde_json::Value;

/// What was lost since the last [`measured`] began.
#[derive(Default)]
pub(crate) struct Losses {
    /// Where the values of properties are that no field took.
    ignored: Vec<usize>,
    /// Where the values of properties are that have a field.
    named: Vec<usize>,
    /// How many properties were lost in a copy of a part of the value.
    hidden: usize,
    /// How many values the description does not list, or would be written back differently.
    pub(crate) unlisted: usize,
}

thread_local! {
    static LOSSES: RefCell<Losses> = RefCell::default();
    static LEFT: Cell<Option<usize>> = const { Cell::new(None) };
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

fn change(change: impl FnOnce(&mut Losses)) {
    LOSSES.with_borrow_mut(change);
}

fn place(value: &Value) -> usize {
    std::ptr::from_ref(value).addr()
}

impl Losses {
    /// How many properties were lost.
    pub(crate) fn ignored(&self) -> usize {
        self.ignored.len() + self.hidden
    }

    /// How many properties were lost that have a field in `others`.
    pub(crate) fn named_by<'a>(&self, others: &(impl Iterator<Item = &'a Self> + Clone)) -> usize {
        let is_named = |place: &&usize| others.clone().any(|other| other.named.contains(place));
        self.ignored.iter().filter(is_named).count()
    }

    /// Counts what was lost, of a copy of a part of the value.
    pub(crate) fn count(&self) {
        change(|losses| {
            losses.hidden += self.ignored();
            losses.unlisted += self.unlisted;
        });
    }
}

/// What `read` returns, and what was lost meanwhile.
pub(crate) fn measured<T>(read: impl FnOnce() -> T) -> (T, Losses) {
    let outer = LOSSES.take();
    let value = read();
    (value, LOSSES.replace(outer))
}

/// Counts a property that no field takes.
pub(crate) fn ignored(value: Option<&Value>) {
    change(|losses| match value {
        Some(value) => losses.ignored.push(place(value)),
        None => losses.hidden += 1,
    });
}

/// Takes down which properties have a field.
pub(crate) fn named<'a>(values: impl Iterator<Item = &'a Value>) {
    change(|losses| losses.named.extend(values.map(place)));
}

/// Counts a value that the description does not list, or that would be written back differently.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn unlisted() {
    change(|losses| losses.unlisted += 1);
}
