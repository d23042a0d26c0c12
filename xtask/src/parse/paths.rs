//! The keys of `paths`: what is called by each. Some hold more than a path, and some nothing that can be called.

use percent_encoding::percent_decode_str;

/// Why no request can be sent to a path, if that is so.
pub(super) fn uncallable(key: &str) -> Option<&'static str> {
    let (path, query) = split_query(key);
    let mut depth = 0;
    let mut is_balanced = !key.contains("{}");
    for character in key.chars() {
        depth += match character {
            '{' => 1,
            '}' => -1,
            _ => 0,
        };
        is_balanced &= (0..=1).contains(&depth);
    }
    let is_resolved = |segment: &str| {
        let segment = segment.to_ascii_lowercase().replace("%2e", ".");
        segment == "." || segment == ".."
    };
    if !is_balanced || depth != 0 {
        Some("its braces do not enclose names")
    } else if without_names(key).contains('#') {
        Some("it has a fragment, which no request carries")
    } else if path.contains("://") {
        Some("it has an address of its own, and a client has one endpoint")
    } else if key.contains(|character: char| character == '\\' || character.is_control()) {
        Some("it has characters that no path can have")
    } else if path.split('/').any(is_resolved) {
        Some("it has a part `.` or `..`, which URLs do without")
    } else if query
        .is_some_and(|query| templated(query).any(|(_, value)| value.contains('{') && name_of(value).is_none()))
    {
        Some("a parameter is only a part of a value in its query")
    } else {
        None
    }
}

/// The path that a key stands for, and the query that it always has, without what parameters of the query set: `{?limit}`, or
/// `limit={limit}`.
pub(super) fn sent(key: &str, parameters: &[&str]) -> String {
    let (path, query) = split_query(key);
    let path = path.find("{?").map_or(path, |at| &path[..at]);
    let slash = if path.starts_with('/') { "" } else { "/" };
    let is_set = |value: &str| name_of(value).is_some_and(|name| parameters.contains(&name));
    let fixed = templated(query.unwrap_or_default()).filter(|(pair, value)| !pair.is_empty() && !is_set(value));
    let fixed = fixed.map(|(pair, _)| pair).collect::<Vec<_>>().join("&");
    let mark = if fixed.is_empty() { "" } else { "?" };
    format!("{slash}{path}{mark}{fixed}")
}

/// What stands in the braces of a path and is more than a name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Template {
    pub(super) written: String,
    pub(super) name: String,
    /// Whether its value may have slashes.
    pub(super) has_slashes: bool,
}

/// The path with nothing but names in its braces, and what else was there: `{path+}`, `{+path}`, `{path*}`, `{path:.*}` and
/// `{path=folders/*}`, as frameworks write them. What is `described` is a name, whatever is in it.
pub(super) fn templates(path: &str, described: &[&str]) -> (String, Vec<Template>) {
    let (mut plain, mut templates) = (String::new(), Vec::new());
    let mut rest = path;
    while let Some((before, inside)) = rest.split_once('{') {
        let Some((written, after)) = inside.split_once('}') else {
            break;
        };
        let (bare, rule) = written.split_at(written.find([':', '=']).unwrap_or(written.len()));
        let stripped = bare.trim_start_matches('+').trim_end_matches(['+', '*']);
        let has_sign = !stripped.is_empty() && stripped.len() < bare.len();
        let is_name = stripped.is_empty() || described.contains(&written);
        let name = if is_name { written } else { stripped };
        if name != written || has_sign {
            let is_long = rule == ":path" || [".*", ".+", "**", "/"].iter().any(|sign| rule.contains(sign));
            templates.push(Template {
                written: written.into(),
                name: name.into(),
                has_slashes: has_sign || is_long,
            });
        }
        plain = format!("{plain}{before}{{{name}}}");
        rest = after;
    }
    (plain + rest, templates)
}

/// Whether the query that a path always has gives that name a value.
pub(super) fn fixes(sent: &str, name: &str) -> bool {
    let query = split_query(sent).1.unwrap_or_default();
    let is_named = |pair: &str| {
        let own = pair.split('=').next().unwrap_or_default().replace('+', " ");
        percent_decode_str(&own).decode_utf8().is_ok_and(|own| own == name)
    };
    templated(query).any(|(pair, value)| is_named(pair) && name_of(value).is_none())
}

/// A path and its query. A question mark in braces belongs to a name.
fn split_query(key: &str) -> (&str, Option<&str>) {
    match without_names(key).find('?') {
        Some(at) => (&key[..at], Some(&key[at + 1..])),
        None => (key, None),
    }
}

/// The text with a letter instead of each byte in braces, so that all else stands where it stood.
fn without_names(key: &str) -> String {
    let mut is_name = false;
    let masked = key.chars().map(|character| {
        let was_name = is_name;
        is_name = (is_name || character == '{') && character != '}';
        if was_name && is_name {
            "x".repeat(character.len_utf8())
        } else {
            character.to_string()
        }
    });
    masked.collect()
}

/// The pairs of a query, and the value of each.
fn templated(query: &str) -> impl Iterator<Item = (&str, &str)> {
    let pairs = query.split('&');
    pairs.map(|pair| (pair, pair.split_once('=').map_or("", |(_, value)| value)))
}

/// The name in braces, if a text is nothing else.
fn name_of(value: &str) -> Option<&str> {
    value.strip_prefix('{')?.strip_suffix('}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_may_be_more_than_a_path() {
        for (key, parameters, expected) in [
            ("/a/{b}", &[][..], "/a/{b}"),
            ("a", &[], "/a"),
            ("", &[], "/"),
            ("/a?", &[], "/a"),
            ("/a?b=1&c", &[], "/a?b=1&c"),
            ("/a?b=1&c={d}", &["d"], "/a?b=1"),
            ("/a?b=%20&c={d}", &["c"], "/a?b=%20&c={d}"),
            ("/a{?b,c}", &["b", "c"], "/a"),
            ("/a/{b?}?c=1", &[], "/a/{b?}?c=1"),
        ] {
            assert_eq!(uncallable(key), None, "{key}");
            assert_eq!(sent(key, parameters), expected, "{key}");
        }
        for (path, described, expected, template) in [
            ("/a/{b}/c", &[][..], "/a/{b}/c", None),
            ("/a/{b+}", &["b"], "/a/{b}", Some(("b+", "b", true))),
            ("/a/{b+}", &["b+"], "/a/{b+}", Some(("b+", "b+", true))),
            ("/a/{+b}/c", &[], "/a/{b}/c", Some(("+b", "b", true))),
            ("/a/{b*}", &["b"], "/a/{b}", Some(("b*", "b", true))),
            ("/a/{b:path}", &["b"], "/a/{b}", Some(("b:path", "b", true))),
            ("/a/{b:.*}", &["b"], "/a/{b}", Some(("b:.*", "b", true))),
            ("/a/{b:[0-9]+}", &["b"], "/a/{b}", Some(("b:[0-9]+", "b", false))),
            ("/a/{b:int}", &["b:int"], "/a/{b:int}", None),
            ("/a/{b=c/*}:d", &["b"], "/a/{b}:d", Some(("b=c/*", "b", true))),
            ("/a/{b=*}", &["b"], "/a/{b}", Some(("b=*", "b", false))),
            ("/a/{+}", &[], "/a/{+}", None),
        ] {
            let template = template.map(|(written, name, has_slashes)| Template {
                written: written.into(),
                name: name.into(),
                has_slashes,
            });
            let (plain, templates) = super::templates(path, described);
            assert_eq!(
                (plain.as_str(), templates),
                (expected, template.into_iter().collect()),
                "{path}"
            );
        }
        for (sent, name, is_fixed) in [
            ("/a?b=1&c", "b", true),
            ("/a?b=1&c", "c", true),
            ("/a?b=1&c", "a", false),
            ("/a?b%20c=1", "b c", true),
            ("/a?b+c=1", "b c", true),
            ("/a?b={b}", "b", false),
        ] {
            assert_eq!(fixes(sent, name), is_fixed, "{sent} {name}");
        }
        for (key, why) in [
            ("/a#b", "fragment"),
            ("/a?b#c", "fragment"),
            ("/a/{b", "braces"),
            ("/a/b}", "braces"),
            ("/{a{b}}", "braces"),
            ("/{}", "braces"),
            ("https://example.com/a", "address"),
            ("/a/../b", "`..`"),
            ("/a/%2E", "`..`"),
            ("/a\\b", "characters"),
            ("/a\nb", "characters"),
            ("/a?b=x{c}", "only a part"),
        ] {
            let reason = uncallable(key);
            assert!(reason.is_some_and(|reason| reason.contains(why)), "{key}: {reason:?}");
        }
    }
}
