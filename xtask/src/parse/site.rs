//! Where operations stand in the description, and how the overlay leaves them out.

use serde_json::Value;

use super::{
    description::Description,
    paths::uncallable,
    reports::{Reports, Unfollowed},
};
use crate::input::{pointer::Pointer, rule::Rule};

/// The HTTP methods that operations have.
pub(super) const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Where an operation stands, for errors and their remedies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Site<'a> {
    pub(super) path: &'a str,
    pub(super) method: Option<&'a str>,
}

impl Site<'_> {
    /// The overlay's action that leaves out an operation, or a path with all its operations, ready to be pasted.
    pub(super) fn leave_out(self) -> String {
        let method = self.method.map_or(String::new(), |method| format!(".{method}"));
        // A quote in a path would end the string that it stands in.
        let path = self.path.replace('\'', "\\'");
        format!(
            "leave it out in openapi/overlay.yaml:\n- target: $.paths['{path}']{method}\n  description: …\n  remove: true"
        )
    }
}

/// Every operation that can be called, with its path and method, and where it stands.
pub(super) fn every_operation(root: &Value) -> Vec<(Site<'_>, &Value, Pointer)> {
    let at = Pointer::root().child("paths");
    let paths = at.resolve(root).and_then(Value::as_object);
    let description = Description::new(root);
    let is_called = |path: &str| !path.starts_with("x-") && uncallable(path).is_none();
    let paths = paths.into_iter().flatten().filter(|(path, _)| is_called(path));
    let operations = paths.flat_map(|(path, item)| {
        let (item, at) = description.end_of(item, &at.child(path)).ok().unzip();
        let at = at.unwrap_or_default();
        let methods = item
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .filter(|(method, _)| METHODS.contains(&method.as_str()));
        methods.map(move |(method, operation)| {
            let site = Site {
                path,
                method: Some(method),
            };
            (site, operation, at.child(method))
        })
    });
    operations.collect()
}

/// The parameters of the path of the operation that stands at `operation`.
pub(super) fn path_parameters<'a>(root: &'a Value, operation: &Pointer) -> Option<&'a Value> {
    operation.parent()?.resolve(root)?.get("parameters")
}

/// What a `$ref` to a reusable part leads to, or the value itself, and where that stands. `instead` is what the client does without.
pub(super) fn resolved_or<'a>(
    description: &Description<'a>,
    reports: &mut Reports,
    value: &'a Value,
    at: &Pointer,
    site: Site<'_>,
    instead: &str,
) -> Option<(&'a Value, Pointer)> {
    let end = description.end_of(value, at);
    end.inspect_err(|why| reports.strictly(why.rule, &why.at, &why.message, &help(why, site), instead))
        .ok()
}

fn help(why: &Unfollowed, site: Site<'_>) -> String {
    format!("{}, or {}", why.help, site.leave_out())
}

/// Reports what OpenAPI does not have, and a call cannot do without.
pub(super) fn unknown(reports: &mut Reports, at: &Pointer, what: &str, site: Site<'_>) {
    let (message, help) = unknown_feature(what, site);
    reports.error(Rule::UnknownFeature, at, message, help);
}

/// Reports what OpenAPI does not have, and a call can do without.
pub(super) fn unknown_optional(reports: &mut Reports, at: &Pointer, what: &str, site: Site<'_>) {
    let (message, help) = unknown_feature(what, site);
    reports.strictly(Rule::UnknownFeature, at, &message, &help, "it is not used");
}

fn unknown_feature(what: &str, site: Site<'_>) -> (String, String) {
    let message = format!("the generator does not know this feature: {what}");
    (message, format!("teach it (xtask/src/parse), or {}", site.leave_out()))
}
