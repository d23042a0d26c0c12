//! A table of changes of the description, and what is reported of each.

use std::fs;

use crate::checkout::{Patch, changes, patched, pets_checkout, piped, text, tree, xtask};

pub(crate) const BREAKING: (&str, i32) = ("0.2.0", 4);
pub(crate) const COMPATIBLE: (&str, i32) = ("0.1.1", 3);
pub(crate) const NOTHING: (&str, i32) = ("0.1.0", 0);

/// A kind of change, the change, what is reported of it, the version that it asks for and the exit code of a dry run.
pub(crate) type Row = (&'static str, Patch, &'static [&'static str], (&'static str, i32));

/// Runs each row dry, then in earnest, and then once more.
pub(crate) fn check(rows: Vec<Row>) {
    for (kind, patch, expected, (version, code)) in rows {
        let checkout = pets_checkout();
        let root = checkout.path();
        let before = tree(root);
        let new = root.join("new.json");
        fs::write(&new, patched(&patch).to_string()).unwrap();
        let file = new.to_str().unwrap();

        let dry = xtask(root, &["update", file, "--dry-run"]);
        let report = text(&dry.stdout);
        assert_eq!(changes(&report), expected, "{kind}:\n{report}{}", text(&dry.stderr));
        assert_eq!(dry.status.code(), Some(code), "{kind}:\n{report}");
        let asked = match version {
            "0.1.0" => "No new version is asked for: it stays 0.1.0.".to_owned(),
            version => format!("This asks for version {version}, after 0.1.0 in Cargo.toml."),
        };
        assert!(report.contains(&asked), "{kind}:\n{report}");
        fs::remove_file(&new).unwrap();
        assert_eq!(tree(root), before, "{kind}");

        let description = patched(&patch).to_string();
        let update = piped(root, &["update", "-"], description.as_bytes());
        assert_eq!(update.status.code(), Some(0), "{kind}: {}", text(&update.stderr));
        assert_eq!(changes(&text(&update.stdout)), expected, "{kind}");
        assert_eq!(fs::read_to_string(root.join("openapi/pets.json")).unwrap(), description);
        assert!(xtask(root, &["generate", "--check"]).status.success(), "{kind}");
        let again = piped(root, &["update", "-", "--dry-run"], description.as_bytes());
        assert_eq!(again.status.code(), Some(0), "{kind}: {}", text(&again.stdout));
    }
}
