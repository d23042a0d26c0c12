//! What a value would lose if it were read as one of several types: [`unions`](crate::unions) choose the one that loses least.

use std::cell::RefCell;

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
    /// How many values are none that the document lists, or are written back in another way.
    pub(crate) unlisted: usize,
}

thread_local! {
    static LOSSES: RefCell<Losses> = RefCell::default();
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

/// Counts a value that is none that the document lists, or is written back in another way.
#[allow(dead_code, reason = "whether it is needed depends on the API's document")]
pub(crate) fn unlisted() {
    change(|losses| losses.unlisted += 1);
}
