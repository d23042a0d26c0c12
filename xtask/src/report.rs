//! What changes for the people who call the SDK, from one [`Surface`] to another.
//!
//! What a caller's code may no longer compile with, or what is no longer sent, is breaking. Each change is told once: an
//! operation or type that comes or goes does so with all that it has, and what follows from another change is not told.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::{self, Write as _},
};

use crate::surface::{Group, Kind, Member, Owner, Surface};

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
    /// Of what the documentation alone changes.
    documented: Vec<String>,
    /// Why it is not known what changes.
    unknown: Option<String>,
}

#[derive(Debug)]
struct Section {
    heading: String,
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    is_breaking: bool,
    verb: &'static str,
    text: String,
}

impl Report {
    /// What changes from `old` to `new`.
    #[must_use]
    pub fn between(old: &Surface, new: &Surface) -> Self {
        let mut report = Self {
            titles: (old.title.clone(), new.title.clone()),
            ..Self::default()
        };
        if old.server != new.server {
            let line = changed(false, format!("endpoint: {} => {}", old.server, new.server));
            report.section("Client".into(), vec![line]);
        }
        let renamed = renamed(old, new);
        let (operations, types) = new
            .groups
            .keys()
            .chain(old.groups.keys())
            .filter(|owner| !renamed.contains_key(*owner))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .partition::<Vec<_>, _>(|owner| matches!(owner, Owner::Operation(_)));
        for (heading, owners) in [("Operations", operations), ("Types", types)] {
            report.whole(heading, &owners, old, new, &renamed);
            for owner in owners {
                let earlier = renamed.iter().find(|(_, later)| **later == owner);
                let Some(after) = new.groups.get(owner) else { continue };
                let Some(before) = old.groups.get(earlier.map_or(owner, |(earlier, _)| *earlier)) else {
                    continue;
                };
                let lines = if earlier.is_some() {
                    let names = before.own.iter().cloned().zip(after.own.iter().cloned());
                    members(&before.renamed(&names.collect::<Vec<_>>()), after)
                } else {
                    group(before, after)
                };
                // What is told by a line is in the documentation, too.
                let is_told = earlier.is_some() || before.head != after.head || !lines.is_empty();
                if !is_told && before.docs != after.docs {
                    report.documented.push(owner.to_string());
                }
                report.section(heading_of(owner, after), lines);
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
        if self.unknown.is_some() || self.lines().any(|line| line.is_breaking) {
            Effect::Breaking
        } else if self.lines().next().is_some() {
            Effect::Compatible
        } else if !self.documented.is_empty() || self.titles.0 != self.titles.1 {
            Effect::Documentation
        } else {
            Effect::Nothing
        }
    }

    fn lines(&self) -> impl Iterator<Item = &Line> {
        self.sections.iter().flat_map(|section| &section.lines)
    }

    fn section(&mut self, heading: String, lines: Vec<Line>) {
        if !lines.is_empty() {
            self.sections.push(Section { heading, lines });
        }
    }

    /// The operations or types that come, go, or get another name.
    fn whole(
        &mut self,
        heading: &str,
        owners: &[&Owner],
        old: &Surface,
        new: &Surface,
        renamed: &BTreeMap<&Owner, &Owner>,
    ) {
        let mut lines = Vec::new();
        for owner in owners {
            if let Some((earlier, _)) = renamed.iter().find(|(_, later)| *later == owner) {
                lines.push(Line {
                    is_breaking: true,
                    verb: "renamed",
                    text: format!("{earlier} => {owner}"),
                });
                continue;
            }
            match (old.groups.get(*owner), new.groups.get(*owner)) {
                (None, Some(group)) => lines.push(added(false, heading_of(owner, group))),
                (Some(group), None) => lines.push(removed(true, heading_of(owner, group))),
                (Some(before), Some(after)) if before.head != after.head => {
                    lines.push(changed(true, format!("{owner}: {} => {}", before.head, after.head)));
                }
                _ => {}
            }
        }
        self.section(heading.into(), lines);
    }
}

/// The operations that have another name than before, for the same request.
fn renamed<'a>(old: &'a Surface, new: &'a Surface) -> BTreeMap<&'a Owner, &'a Owner> {
    let only = |here: &'a Surface, there: &'a Surface| {
        here.groups.iter().filter_map(|(owner, group)| {
            let request = group.members.get("request")?;
            (!there.groups.contains_key(owner)).then_some((&request.signature, owner))
        })
    };
    let added = only(new, old).collect::<BTreeMap<_, _>>();
    only(old, new)
        .filter_map(|(request, owner)| Some((owner, *added.get(request)?)))
        .collect()
}

/// An operation with its request, or a type with what it is.
fn heading_of(owner: &Owner, group: &Group) -> String {
    match group.members.get("request") {
        Some(request) => format!("{owner}: {}", request.signature),
        None => format!("{owner} ({})", group.head),
    }
}

/// What changes within an operation or a type.
fn group(before: &Group, after: &Group) -> Vec<Line> {
    // What is something else now has nothing to compare.
    if before.head != after.head {
        return Vec::new();
    }
    let mut lines = members(before, after);
    if lines.is_empty() && before.code != after.code {
        let what = match after.members.get("request") {
            Some(_) => "how it is sent, or how its answer is read",
            None => "how it is written, read or shown",
        };
        lines.push(changed(false, what.into()));
    }
    lines
}

fn members(before: &Group, after: &Group) -> Vec<Line> {
    let lost_builder = is_about_builder(before) != is_about_builder(after);
    let mut paths = before.members.keys().chain(after.members.keys()).collect::<Vec<_>>();
    // Fields before the setters that follow from them, and the body before its parts.
    paths.sort_by_key(|path| (path.starts_with("types::builder::"), *path));
    paths.dedup();

    let mut lines = Vec::new();
    let mut told = BTreeSet::new();
    for path in paths {
        let (old, new) = (before.members.get(path), after.members.get(path));
        let Some(member) = new.or(old) else { continue };
        let follows = match member.kind {
            // One that was not built before demands nothing new, and one that is not built any more has no setters.
            Kind::Setter => lost_builder || told.contains(&field_of(path)),
            Kind::Body => path.strip_suffix("_map").is_some_and(|body| told.contains(body)),
            // The enum of several successes comes and goes with their number, which `send` tells.
            Kind::Status | Kind::Trait => {
                let whole = |group: &Group, other: &Group| {
                    let mut own = group.own.iter().skip(other.own.len());
                    own.any(|name| is_of(path, name))
                };
                whole(before, after) || whole(after, before)
            }
            _ => false,
        };
        if follows {
            continue;
        }
        if let Some(line) = line(path, old, new, before.is_open, lost_builder) {
            told.insert(path.clone());
            lines.push(line);
        }
    }
    lines
}

fn is_about_builder(group: &Group) -> bool {
    group
        .members
        .iter()
        .any(|(path, member)| member.kind == Kind::Function && path.ends_with("::builder"))
}

/// The field that a setter of a type's builder sets.
fn field_of(setter: &str) -> String {
    let setter = setter.replacen("types::builder::", "types::", 1);
    match setter.rsplit_once("::") {
        Some((name, field)) => format!("{name}.{field}"),
        None => setter,
    }
}

/// Whether a member's path begins with the type of that name.
fn is_of(path: &str, name: &str) -> bool {
    let rest = path.strip_prefix("types::").and_then(|path| path.strip_prefix(name));
    rest.is_some_and(|rest| rest.starts_with(':'))
}

/// What a change of one member means; `None` if it does not change.
fn line(path: &str, old: Option<&Member>, new: Option<&Member>, is_open: bool, lost_builder: bool) -> Option<Line> {
    match (old, new) {
        (None, Some(new)) => {
            let is_breaking = match new.kind {
                Kind::AtLeast | Kind::AtMost => true,
                Kind::Field | Kind::Variant => new.is_demanded && !lost_builder || !is_open,
                _ => new.is_demanded,
            };
            let demanded = if new.is_demanded { ", required" } else { "" };
            Some(match new.kind {
                Kind::Deprecation => changed(false, "it is deprecated now".into()),
                _ => added(is_breaking, format!("{}{demanded}", label(path, new))),
            })
        }
        (Some(old), None) => Some(match old.kind {
            Kind::Deprecation => changed(false, "it is no longer deprecated".into()),
            Kind::AtLeast | Kind::AtMost => removed(false, label(path, old)),
            _ => removed(true, label(path, old)),
        }),
        (Some(old), Some(new)) => {
            let demand = match (old.is_demanded, new.is_demanded) {
                _ if lost_builder => "",
                (false, true) => ", now required",
                (true, false) => ", no longer required",
                _ => "",
            };
            if old.signature == new.signature {
                let is_breaking = new.is_demanded;
                return (!demand.is_empty()).then(|| changed(is_breaking, format!("{}{demand}", label(path, new))));
            }
            let is_breaking = match new.kind {
                Kind::Request => false,
                Kind::AtLeast => number(new) > number(old),
                Kind::AtMost => number(new) < number(old),
                _ => true,
            };
            let said = |member: &Member| match member.signature.trim() {
                "" => "nothing".to_owned(),
                text => text.to_owned(),
            };
            let what = match new.kind {
                Kind::Request => new.kind.to_string(),
                _ => format!("{} {}", new.kind, name_of(path)),
            };
            let text = format!("{what}: {} => {}{demand}", said(old), said(new));
            Some(changed(is_breaking, text))
        }
        (None, None) => None,
    }
}

fn number(member: &Member) -> Option<u64> {
    member.signature.parse().ok()
}

/// A member, as a person would look for it.
fn label(path: &str, member: &Member) -> String {
    let Member { kind, signature, .. } = member;
    match kind {
        Kind::Request | Kind::Credentials => format!("{kind} {signature}"),
        Kind::Trait => format!("{kind} {path}{signature}"),
        _ => format!("{kind} {}{}{signature}", name_of(path), member.joint()),
    }
}

/// A path without what follows a space, which tells members of one name apart.
fn name_of(path: &str) -> &str {
    match path.split_once(' ') {
        Some((name, _)) if !name.ends_with(':') => name,
        _ => path,
    }
}

fn added(is_breaking: bool, text: String) -> Line {
    Line {
        is_breaking,
        verb: "added",
        text,
    }
}

fn removed(is_breaking: bool, text: String) -> Line {
    Line {
        is_breaking,
        verb: "removed",
        text,
    }
}

fn changed(is_breaking: bool, text: String) -> Line {
    Line {
        is_breaking,
        verb: "changed",
        text,
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
        for Section { heading, lines } in &self.sections {
            writeln!(f, "\n{heading}")?;
            for Line {
                is_breaking,
                verb,
                text,
            } in lines
            {
                let breaking = if *is_breaking { "breaking" } else { "" };
                writeln!(f, "  {breaking:8}  {verb:7}  {text}")?;
            }
        }
        match self.documented.as_slice() {
            [] => {}
            names => {
                let mut shown = names.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
                if names.len() > 5 {
                    write!(shown, " and {} more", names.len() - 5)?;
                }
                writeln!(f, "\nThe documentation alone changes of {shown}.")?;
            }
        }
        let count = self.lines().count();
        let breaking = self.lines().filter(|line| line.is_breaking).count();
        let changes = if count == 1 { "change" } else { "changes" };
        match self.effect() {
            Effect::Nothing => writeln!(f, "\nNothing changes for callers."),
            Effect::Documentation => writeln!(f, "\nNothing but documentation changes for callers."),
            Effect::Compatible => writeln!(f, "\n{count} {changes}, none of them breaking."),
            Effect::Breaking => writeln!(f, "\n{count} {changes}, {breaking} of them breaking."),
        }
    }
}
