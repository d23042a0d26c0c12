//! Collects what parsing reports: notes on what the client does not do, and errors.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{
    input::{
        diagnostic::{Diagnostic, Errors, Note},
        pointer::Pointer,
        rule::Rule,
    },
    model::prose::code,
};

/// No more names than these are in one note.
const MAX_NAMED: usize = 5;

/// The keywords of operations and of what they hold that are true or false.
const FLAGS: [&str; 5] = ["allowEmptyValue", "allowReserved", "deprecated", "explode", "required"];

/// What to do about a secret that would be printed.
const PROTECT: &str = "make it, in openapi/overlay.yaml, a string that is a property, an item, or each other property";

/// Why a secret is not recognized where a type can only be any JSON.
pub(super) const IN_ANY_JSON: &str = "within what can only be any JSON";

/// Why a schema, or another part of the description, cannot be followed.
#[derive(Debug)]
pub(super) struct Unfollowed {
    pub(super) rule: Rule,
    pub(super) at: Pointer,
    pub(super) message: String,
    /// What to do about it.
    pub(super) help: &'static str,
}

/// The notes and errors so far.
#[derive(Debug, Default)]
pub(super) struct Reports {
    pub(super) notes: Vec<Note>,
    pub(super) errors: Errors,
    /// Whether what cannot be expressed is an error, also where any JSON could stand for it.
    pub(super) is_strict: bool,
    /// What the client has nothing for, wherever it stands: by its rule, the places and the names there.
    pub(super) unused: BTreeMap<Rule, (BTreeSet<Pointer>, BTreeSet<String>)>,
}

impl Reports {
    pub(super) fn note(&mut self, rule: Rule, at: &Pointer, text: impl Into<String>) {
        self.notes.push(Note::new(rule, at, text));
    }

    /// Notes that a keyword of what stands at `at` has a value that OpenAPI does not have for it.
    pub(super) fn malformed(&mut self, keyword: &str, at: &Pointer) {
        let text = format!("`{keyword}` is not what it should be, and not used");
        self.note(Rule::MalformedKeyword, &at.child(keyword), text);
    }

    /// Notes the keywords that OpenAPI does not have for `what` stands at `at`, and flags that are none.
    pub(super) fn keywords(&mut self, value: &Value, at: &Pointer, what: &str, known: &[&str]) {
        for (keyword, value) in value.as_object().into_iter().flatten() {
            if FLAGS.contains(&keyword.as_str()) && !value.is_boolean() {
                self.malformed(keyword, at);
            } else if !known.contains(&keyword.as_str()) && !keyword.starts_with("x-") {
                let text = format!("{} is no keyword of {what}, and not used", code(keyword));
                self.note(Rule::UnusedKeyword, &at.child(keyword), text);
            }
        }
    }

    pub(super) fn error(&mut self, rule: Rule, at: &Pointer, message: impl Into<String>, help: impl Into<String>) {
        let error = Diagnostic::new(rule, message).at(at).help(help);
        // What several schemas consist of is looked at for each.
        if !self.errors.contains(&error) {
            self.errors.push(error);
        }
    }

    /// Reports a schema that cannot be followed, for which any JSON stands.
    pub(super) fn any_instead(&mut self, why: &Unfollowed) {
        let Unfollowed {
            rule,
            at,
            message,
            help,
        } = why;
        self.strictly(*rule, at, message, help, &format!("any JSON is taken; {help}"));
    }

    /// Reports something without which the client can do: an error if that is to be strict, and otherwise a note of what happens
    /// instead.
    pub(super) fn strictly(&mut self, rule: Rule, at: &Pointer, message: &str, help: &str, instead: &str) {
        if self.is_strict {
            self.error(rule, at, message, help);
        } else {
            self.note(rule, at, format!("{message}: {instead}"));
        }
    }

    /// Notes something that the client has nothing for: once for all places.
    pub(super) fn unused(&mut self, rule: Rule, at: &Pointer, name: &str) {
        let (places, names) = self.unused.entry(rule).or_default();
        places.insert(at.clone());
        names.insert(name.to_owned());
    }

    /// Adds the notes on what the client has nothing for, each at the first of its places.
    pub(super) fn note_unused(&mut self) {
        for (rule, (places, names)) in std::mem::take(&mut self.unused) {
            let named = names.iter().take(MAX_NAMED).map(|name| code(name)).collect::<Vec<_>>();
            let more = names.len() - named.len();
            let more = if more == 0 {
                String::new()
            } else {
                format!(" and {more} more")
            };
            let places_text = match places.len() {
                1 => "here".to_owned(),
                several => format!("here and in {} more places", several - 1),
            };
            let what = match rule {
                Rule::ResponseHeaders => "headers have no types of their own: read them with `headers()`",
                Rule::ResponseLinks => "links are not followed: give the value to the operation yourself",
                _ => "callbacks are requests that the API sends: the client does not receive them",
            };
            let text = format!("{what}; {places_text}: {}{more}", named.join(", "));
            if let Some(first) = places.first() {
                self.note(rule, first, text);
            }
        }
    }

    /// Reports an operation that cannot be called, and so is left out.
    pub(super) fn omitted(&mut self, rule: Rule, at: &Pointer, message: &str, help: &str) {
        if self.is_strict {
            self.error(rule, at, message, help);
        } else {
            self.notes.push(omitted_operation(at, message));
        }
    }

    /// Says of the last note that it is about something that is left out: a noun for it.
    pub(super) fn leaves_out(&mut self, what: &'static str) {
        if let Some(last) = self.notes.pop() {
            self.notes.push(last.leaving_out(what));
        }
    }

    /// An error for a secret of which no `Secret` would come, so that it could be printed.
    pub(super) fn exposed_secret(&mut self, at: &Pointer, why: &str) {
        let is_known = self.errors.iter().any(|error| {
            let is_here = |of: &Pointer| of.is_in(at) || at.parent().as_ref() == Some(of);
            error.rule() == Rule::ExposedSecret && error.pointer().is_some_and(is_here)
        });
        if !is_known {
            let message = format!("a secret (`format: password`) {why}, which would be printed");
            self.error(Rule::ExposedSecret, at, message, PROTECT);
        }
    }

    /// How much was reported so far.
    pub(super) fn mark(&self) -> (usize, usize) {
        (self.notes.len(), self.errors.len())
    }

    /// Gives what was reported since `mark` its place in the description, where `moved` knows another one for it.
    pub(super) fn relocate(&mut self, (notes, errors): (usize, usize), moved: impl Fn(&Pointer) -> Option<Pointer>) {
        for note in &mut self.notes[notes..] {
            if let Some(at) = moved(note.pointer()) {
                *note = note.clone().at(at);
            }
        }
        for error in &mut self.errors[errors..] {
            if let Some(at) = error.pointer().and_then(&moved) {
                *error = error.clone().at(&at);
            }
        }
    }
}

/// The note on an operation that is left out.
pub(super) fn omitted_operation(at: &Pointer, why: &str) -> Note {
    let text = format!("the operation is left out: {why}");
    Note::new(Rule::OmittedOperation, at, text).leaving_out("operation")
}
