//! What changes within an operation or a type.

use std::collections::BTreeSet;

use super::{
    item::{Item, Member, MemberKind, name_of},
    limits::Limits,
};
use crate::model::rules::{Rule, Rules};

/// A line of the report.
#[derive(Debug)]
pub(super) struct Change {
    /// Whether callers may have to change their code.
    pub(super) is_breaking: bool,
    pub(super) verb: &'static str,
    pub(super) text: String,
}

impl Change {
    pub(super) fn added(is_breaking: bool, text: String) -> Self {
        Self {
            is_breaking,
            verb: "added",
            text,
        }
    }

    pub(super) fn removed(is_breaking: bool, text: String) -> Self {
        Self {
            is_breaking,
            verb: "removed",
            text,
        }
    }

    pub(super) fn changed(is_breaking: bool, text: String) -> Self {
        Self {
            is_breaking,
            verb: "changed",
            text,
        }
    }
}

/// What changes of the members of an item. `reported` has the paths of all members whose changes are reported, also those of other
/// items.
pub(super) fn of_members(before: &Item, after: &Item, reported: &mut BTreeSet<String>) -> Vec<Change> {
    let comparison = Comparison {
        is_non_exhaustive: before.is_non_exhaustive,
        is_built_at_times: before.is_built != after.is_built,
    };
    let mut paths = before.members.keys().chain(after.members.keys()).collect::<Vec<_>>();
    let follows_from = |path: &String| {
        let (old, new) = (before.members.get(path), after.members.get(path));
        let members = old.into_iter().chain(new);
        members.flat_map(|member| &member.follows_from).collect::<BTreeSet<_>>()
    };
    // What follows from something comes after it.
    paths.sort_by_key(|path| (!follows_from(path).is_empty(), *path));
    paths.dedup();

    let mut changes = Vec::new();
    for path in paths {
        if follows_from(path).into_iter().any(|other| reported.contains(other)) {
            continue;
        }
        let change = comparison.member(path, before.members.get(path), after.members.get(path));
        if let Some(change) = change {
            reported.insert(path.clone());
            changes.push(change);
        }
    }
    changes
}

struct Comparison {
    is_non_exhaustive: bool,
    /// What was not built before can demand nothing new.
    is_built_at_times: bool,
}

impl Comparison {
    /// What a change of one member means; `None` if it does not change.
    fn member(&self, path: &str, old: Option<&Member>, new: Option<&Member>) -> Option<Change> {
        match (old, new) {
            (None, Some(new)) => Some(self.added(path, new)),
            (Some(old), None) => Some(removed(path, old)),
            (Some(old), Some(new)) => self.changed(path, old, new),
            (None, None) => None,
        }
    }

    fn added(&self, path: &str, new: &Member) -> Change {
        let is_breaking = match new.kind {
            MemberKind::Deprecation => return Change::changed(false, "it is deprecated now".into()),
            MemberKind::Field | MemberKind::Variant => {
                new.is_required && !self.is_built_at_times || !self.is_non_exhaustive
            }
            _ => new.is_required,
        };
        let required = if new.is_required { ", required" } else { "" };
        Change::added(is_breaking, format!("{}{required}", new.label(path)))
    }

    fn changed(&self, path: &str, old: &Member, new: &Member) -> Option<Change> {
        let requirement = match (old.is_required, new.is_required) {
            _ if self.is_built_at_times => "",
            (false, true) => ", now required",
            (true, false) => ", no longer required",
            _ => "",
        };
        if old.signature == new.signature {
            let text = || format!("{}{requirement}", new.label(path));
            return (!requirement.is_empty()).then(|| Change::changed(new.is_required, text()));
        }
        let signature = |member: &Member| match member.signature.trim() {
            "" => "nothing".to_owned(),
            text => text.to_owned(),
        };
        let what = match new.kind {
            MemberKind::Request => new.kind.to_string(),
            _ => format!("{} {}", new.kind, name_of(path)),
        };
        let text = format!("{what}: {} => {}{requirement}", signature(old), signature(new));
        Some(Change::changed(true, text))
    }
}

fn removed(path: &str, old: &Member) -> Change {
    match old.kind {
        MemberKind::Deprecation => Change::changed(false, "it is no longer deprecated".into()),
        _ => Change::removed(true, old.label(path)),
    }
}

/// What changes of the rules for what is sent, except of members that are something else now.
pub(super) fn of_limits(before: &Limits, after: &Limits, is_other: impl Fn(&str) -> bool) -> Vec<Change> {
    let mut changes = Vec::new();
    for (member, (label, rules)) in &after.0 {
        if let Some((_, before)) = before.0.get(member).filter(|_| !is_other(member)) {
            of_rules(label, before, rules, &mut changes);
        }
    }
    changes
}

fn of_rules(label: &str, before: &Rules, after: &Rules, changes: &mut Vec<Change>) {
    let mut tightened = Vec::new();
    for rule in unmet(&after.own, &before.own) {
        tightened.push(rule.keyword());
        changes.push(of_rule(true, label, like(&before.own, rule), Some(rule)));
    }
    // What is stricter in one way is no longer as it was, which is no news.
    for rule in unmet(&before.own, &after.own).filter(|rule| !tightened.contains(&rule.keyword())) {
        changes.push(of_rule(false, label, Some(rule), like(&after.own, rule)));
    }
    for (part, before, after) in [
        ("items", &before.items, &after.items),
        ("values", &before.values, &after.values),
    ] {
        let of = if label.is_empty() { "" } else { " of " };
        let none = Rules::default();
        let [before, after] = [before, after].map(|rules| rules.as_deref());
        if before.is_some() || after.is_some() {
            let label = format!("{part}{of}{label}");
            of_rules(&label, before.unwrap_or(&none), after.unwrap_or(&none), changes);
        }
    }
}

/// The rules that a value may break that keeps the others.
fn unmet<'a>(rules: &'a [Rule], others: &'a [Rule]) -> impl Iterator<Item = &'a Rule> {
    rules
        .iter()
        .filter(|rule| !others.iter().any(|other| other.implies(rule)))
}

/// The rule with the same keyword.
fn like<'a>(rules: &'a [Rule], rule: &Rule) -> Option<&'a Rule> {
    rules.iter().find(|other| other.keyword() == rule.keyword())
}

fn of_rule(is_tightened: bool, label: &str, before: Option<&Rule>, after: Option<&Rule>) -> Change {
    let keyword = before.or(after).map_or("", Rule::keyword);
    let value = |rule: Option<&Rule>| rule.map_or_else(|| "none".into(), |rule| rule.value().to_string());
    let separator = if label.is_empty() { "" } else { ": " };
    Change {
        is_breaking: is_tightened,
        verb: if is_tightened { "tightened" } else { "loosened" },
        text: format!("{label}{separator}{keyword} {} => {}", value(before), value(after)),
    }
}
