//! The version that the crates have, and the one that a change asks for.

use std::{fmt, fs, path::Path};

use super::compare::Effect;
use crate::input::{diagnostic::Diagnostic, rule::Rule};

/// Where the crates' version stands, below the root of the repository.
const MANIFEST: &str = "Cargo.toml";

/// A version, as cargo compares them: of `0.x`, the second number says what breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    major: u64,
    minor: u64,
    patch: u64,
}

impl Version {
    /// The version in `[workspace.package]` below `root`.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn read(root: &Path) -> Result<Self, Diagnostic> {
        let error = |message: String| {
            Diagnostic::new(Rule::NoVersion, message)
                .in_file(MANIFEST)
                .help("`[workspace.package]` needs a line such as `version = \"0.1.0\"`; run this in a checkout of the repository")
        };
        let manifest = fs::read_to_string(root.join(MANIFEST))
            .map_err(|cause| error(format!("the version cannot be read: {cause}")))?;
        let section = manifest
            .lines()
            .map(str::trim)
            .skip_while(|line| *line != "[workspace.package]")
            .skip(1)
            .take_while(|line| !line.starts_with('['));
        let mut values = section.filter_map(|line| {
            let (key, value) = line.split_once('=')?;
            let value = value.trim().strip_prefix('"')?;
            (key.trim() == "version").then(|| value.split('"').next().unwrap_or_default())
        });
        let version = values.next().and_then(Self::parse);
        version.ok_or_else(|| error("the version is missing, or not three numbers".into()))
    }

    fn parse(text: &str) -> Option<Self> {
        let numbers = text.split(['-', '+']).next()?;
        let mut numbers = numbers.split('.').map(str::parse);
        let version = Self {
            major: numbers.next()?.ok()?,
            minor: numbers.next()?.ok()?,
            patch: numbers.next()?.ok()?,
        };
        numbers.next().is_none().then_some(version)
    }

    /// The version that a change with this effect asks for.
    #[must_use]
    pub fn after(self, effect: Effect) -> Self {
        let Self { major, minor, patch } = self;
        let (major, minor, patch) = match effect {
            Effect::Nothing => return self,
            Effect::Breaking if major > 0 => (major + 1, 0, 0),
            Effect::Compatible if major > 0 => (major, minor + 1, 0),
            Effect::Breaking => (0, minor + 1, 0),
            Effect::Compatible | Effect::Documentation => (major, minor, patch + 1),
        };
        Self { major, minor, patch }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_breaks_asks_for_what_cargo_takes_as_another_version() {
        for (now, breaking, compatible, documentation) in [
            ("0.1.2", "0.2.0", "0.1.3", "0.1.3"),
            ("0.0.1", "0.1.0", "0.0.2", "0.0.2"),
            ("1.2.3", "2.0.0", "1.3.0", "1.2.4"),
            ("1.2.3-rc.1", "2.0.0", "1.3.0", "1.2.4"),
        ] {
            let version = Version::parse(now).unwrap();
            assert_eq!(version.after(Effect::Breaking).to_string(), breaking);
            assert_eq!(version.after(Effect::Compatible).to_string(), compatible);
            assert_eq!(version.after(Effect::Documentation).to_string(), documentation);
            assert_eq!(version.after(Effect::Nothing), version);
        }
        for text in ["", "1", "1.2", "1.2.x", "1.2.3.4"] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
    }
}
