//! What changes for the people who call the SDK, from one [`PublicApi`] to another.
//!
//! What a caller's code may no longer compile with, or what is no longer sent, is breaking. Each change is reported once: an
//! operation or type that comes or goes does so with everything that it has, and what follows from another change is left out.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::{self, Write as _},
};

use super::{
    change::{Change, of_limits, of_members},
    item::{Item, ItemPath},
    public_api::PublicApi,
    representation::Representation,
};

/// No more items are named of which only the documentation changes.
const MAX_DOCUMENTED: usize = 5;

/// What a change does to callers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Nothing.
    Nothing,
    /// They read something else, but their code means the same.
    Documentation,
    /// Their code still compiles.
    Compatible,
    /// Their code may have to change.
    Breaking,
}

/// What changes.
#[derive(Debug, Default)]
pub struct Report {
    /// The API's title and version, before and after.
    titles: (String, String),
    sections: Vec<Section>,
    /// The items of which only the documentation changes.
    documented: Vec<String>,
    /// Why it is not known what changes.
    unknown: Option<String>,
}

#[derive(Debug)]
struct Section {
    heading: String,
    changes: Vec<Change>,
}

impl Report {
    /// What changes from `old` to `new`.
    #[must_use]
    pub fn between(old: &PublicApi, new: &PublicApi) -> Self {
        let mut report = Self {
            titles: (old.title.clone(), new.title.clone()),
            ..Self::default()
        };
        if old.server != new.server {
            // Without a server, a client needs an endpoint of its own.
            let change = if new.server.is_empty() {
                Change::changed(true, format!("endpoint: {} => none", old.server))
            } else {
                Change::changed(false, format!("endpoint: {} => {}", old.server, new.server))
            };
            report.section("Client".into(), vec![change]);
        }
        let pairs = pairs(old, new);
        let (operations, types) = pairs
            .iter()
            .partition::<Vec<_>, _>(|pair| matches!(pair.path, ItemPath::Operation(_)));
        // What a call can set follows from the type of its body, so types are compared first.
        let mut reported = BTreeSet::new();
        let [types, operations] = [types, operations].map(|pairs| {
            let within = pairs.iter().map(|pair| {
                let both = pair.before.zip(pair.after);
                both.map(|(before, after)| pair.within(before, after, &mut reported))
            });
            let within = within.collect::<Vec<_>>();
            (pairs, within)
        });
        for (heading, (pairs, within)) in [("Operations", operations), ("Types", types)] {
            let changes = pairs.iter().filter_map(|pair| pair.complete());
            report.section(heading.into(), changes.collect());
            for (pair, changes) in pairs.into_iter().zip(within) {
                let Some(((before, after), changes)) = pair.before.zip(pair.after).zip(changes) else {
                    continue;
                };
                // What changes in a line is in the documentation, too.
                let is_reported = pair.complete().is_some() || !changes.is_empty();
                if !is_reported && before.docs != after.docs {
                    report.documented.push(pair.path.to_string());
                }
                report.section(heading_of(pair.path, after), changes);
            }
        }
        report
    }

    /// That it is not known what changes, and why; `title` is the API's title and version.
    #[must_use]
    pub fn unknown(title: String, reason: impl Into<String>) -> Self {
        Self {
            titles: (String::new(), title),
            unknown: Some(reason.into()),
            ..Self::default()
        }
    }

    /// What the changes do to callers. What is not known counts as breaking.
    #[must_use]
    pub fn effect(&self) -> Effect {
        if self.unknown.is_some() || self.changes().any(|change| change.is_breaking) {
            Effect::Breaking
        } else if self.changes().next().is_some() {
            Effect::Compatible
        } else if !self.documented.is_empty() || self.titles.0 != self.titles.1 {
            Effect::Documentation
        } else {
            Effect::Nothing
        }
    }

    fn changes(&self) -> impl Iterator<Item = &Change> {
        self.sections.iter().flat_map(|section| &section.changes)
    }

    fn section(&mut self, heading: String, changes: Vec<Change>) {
        if !changes.is_empty() {
            self.sections.push(Section { heading, changes });
        }
    }
}

/// An operation or a type, before and after.
struct Pair<'a> {
    path: &'a ItemPath,
    /// Its path before, where that was another one.
    renamed_from: Option<&'a ItemPath>,
    before: Option<&'a Item>,
    after: Option<&'a Item>,
}

/// Every operation and type, before and after.
fn pairs<'a>(old: &'a PublicApi, new: &'a PublicApi) -> Vec<Pair<'a>> {
    let renamed = renamed(old, new);
    let is_renamed = |path: &&ItemPath| renamed.values().any(|earlier| earlier == path);
    let paths = new
        .items
        .keys()
        .chain(old.items.keys().filter(|path| !is_renamed(path)));
    let paths = paths.collect::<BTreeSet<_>>().into_iter();
    let pairs = paths.map(|path| {
        let renamed_from = renamed.get(path).copied();
        Pair {
            path,
            renamed_from,
            before: old.items.get(renamed_from.unwrap_or(path)),
            after: new.items.get(path),
        }
    });
    pairs.collect()
}

/// The operations that have another name than before, for the same request, with the path that they had.
fn renamed<'a>(old: &'a PublicApi, new: &'a PublicApi) -> BTreeMap<&'a ItemPath, &'a ItemPath> {
    let only = |here: &'a PublicApi, there: &'a PublicApi| {
        here.items.iter().filter_map(|(path, item)| {
            let request = item.members.get("request")?;
            (!there.items.contains_key(path)).then_some((&request.signature, path))
        })
    };
    let removed = only(old, new).collect::<BTreeMap<_, _>>();
    only(new, old)
        .filter_map(|(request, path)| Some((path, *removed.get(request)?)))
        .collect()
}

impl Pair<'_> {
    /// That the item comes, goes, gets another name or becomes something else.
    fn complete(&self) -> Option<Change> {
        let path = self.path;
        if let Some(earlier) = self.renamed_from {
            return Some(Change {
                is_breaking: true,
                verb: "renamed",
                text: format!("{earlier} => {path}"),
            });
        }
        match (self.before, self.after) {
            (None, Some(item)) => Some(Change::added(false, heading_of(path, item))),
            (Some(item), None) => Some(Change::removed(true, heading_of(path, item))),
            (Some(before), Some(after)) if before.declaration != after.declaration => {
                let text = format!("{path}: {} => {}", before.declaration, after.declaration);
                Some(Change::changed(true, text))
            }
            _ => None,
        }
    }

    /// What changes within the item.
    fn within(&self, before: &Item, after: &Item, reported: &mut BTreeSet<String>) -> Vec<Change> {
        if self.renamed_from.is_some() {
            let names = before.own_types.iter().cloned().zip(after.own_types.iter().cloned());
            let before = before.renamed(&names.collect::<Vec<_>>());
            let mut changes = of_members(&before, after, reported);
            changes.extend(limits(&before, after));
            return changes;
        }
        // What is something else now has nothing to compare.
        if before.declaration != after.declaration {
            return Vec::new();
        }
        let mut changes = of_members(before, after, reported);
        changes.extend(limits(before, after));
        if changes.is_empty() && before.representation != after.representation {
            let what = match after.representation {
                Representation::Call(_) => "how it is sent, or how its response is read",
                Representation::Type(_) => "how it is written, read or shown",
            };
            changes.push(Change::changed(false, what.into()));
        }
        changes
    }
}

/// What changes of the rules for what is sent.
fn limits(before: &Item, after: &Item) -> Vec<Change> {
    // What has another type is reported as that.
    let is_other = |member: &str| {
        let mut members = after.members.iter().filter(|(path, _)| path.ends_with(member));
        members.any(|(path, new)| {
            before
                .members
                .get(path)
                .is_some_and(|old| old.signature != new.signature)
        })
    };
    of_limits(&before.limits, &after.limits, |member| {
        !member.is_empty() && is_other(member)
    })
}

/// An operation with its request, or a type with what it is.
fn heading_of(path: &ItemPath, item: &Item) -> String {
    match item.members.get("request") {
        Some(request) => format!("{path}: {}", request.signature),
        None => format!("{path} ({})", item.declaration),
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.titles {
            (old, new) if old == new || old.is_empty() => writeln!(f, "{new}")?,
            (old, new) => writeln!(f, "{old} -> {new}")?,
        }
        if let Some(reason) = &self.unknown {
            return writeln!(f, "\nWhat changes is not known, and counts as breaking: {reason}");
        }
        let widest = self.changes().map(|change| change.verb.len()).fold(7, usize::max);
        for Section { heading, changes } in &self.sections {
            writeln!(f, "\n{heading}")?;
            for change in changes {
                let breaking = if change.is_breaking { "breaking" } else { "" };
                writeln!(f, "  {breaking:8}  {:widest$}  {}", change.verb, change.text)?;
            }
        }
        match self.documented.as_slice() {
            [] => {}
            names => {
                let shown = names.iter().take(MAX_DOCUMENTED).cloned();
                let mut shown = shown.collect::<Vec<_>>().join(", ");
                if names.len() > MAX_DOCUMENTED {
                    write!(shown, " and {} more", names.len() - MAX_DOCUMENTED)?;
                }
                writeln!(f, "\nOnly the documentation of {shown} changes.")?;
            }
        }
        let count = self.changes().count();
        let breaking = self.changes().filter(|change| change.is_breaking).count();
        let changes = if count == 1 { "change" } else { "changes" };
        match self.effect() {
            Effect::Nothing => writeln!(f, "\nNothing changes for callers."),
            Effect::Documentation => writeln!(f, "\nNothing but documentation changes for callers."),
            Effect::Compatible => writeln!(f, "\n{count} {changes}, none of them breaking."),
            Effect::Breaking => writeln!(f, "\n{count} {changes}, {breaking} of them breaking."),
        }
    }
}
