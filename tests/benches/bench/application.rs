//! Applications that create an access token, and what it takes to build them.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use super::{
    process::{self, count, float},
    workspace::{self, Workspace},
};

/// The least that creates an access token.
pub(crate) struct Application<'a> {
    workspace: &'a Workspace,
    /// Of the package, in a folder of the same name.
    pub(crate) name: &'static str,
    code: &'static str,
    target: TempDir,
    pub(crate) cold: Vec<f64>,
    pub(crate) incremental: Vec<f64>,
}

impl<'a> Application<'a> {
    /// Writes one that depends on this besides tokio.
    pub(crate) fn new(workspace: &'a Workspace, name: &'static str, dependencies: &str, code: &'static str) -> Self {
        let manifest = format!(
            "[package]\nname = \"{name}\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}\n\
             tokio = {{ version = \"1\", features = [\"macros\", \"rt\"] }}\n"
        );
        workspace.write(&format!("{name}/Cargo.toml"), &manifest);
        workspace.write(&format!("{name}/src/main.rs"), code);
        Self {
            workspace,
            name,
            code,
            target: workspace::folder(),
            cold: Vec::new(),
            incremental: Vec::new(),
        }
    }

    pub(crate) fn with_the_sdk(workspace: &'a Workspace) -> Self {
        let dependency = r#"askui-workspaces = { path = "../sdk" }"#;
        Self::new(workspace, SDK, dependency, include_str!("applications/sdk.rs"))
    }

    /// The CPU time of a build, in seconds.
    fn build(&self) -> f64 {
        let arguments = ["build", "--package", self.name];
        process::run(&mut self.workspace.cargo(self.target.path(), &arguments))
            .1
            .cpu
    }

    pub(crate) fn build_from_nothing(&mut self) {
        self.target = workspace::folder();
        self.cold.push(self.build());
    }

    pub(crate) fn build_after_a_change(&mut self, round: usize) {
        let changed = self.code.replacen("\"ci\"", &format!("\"ci-{round}\""), 1);
        assert_ne!(changed, self.code);
        self.workspace.write(&format!("{}/src/main.rs", self.name), &changed);
        self.incremental.push(self.build());
    }

    /// The program, without symbols.
    pub(crate) fn release(&self, target: &Path) -> PathBuf {
        let arguments = ["build", "--release", "--package", self.name];
        process::run(&mut self.workspace.cargo(target, &arguments));
        target.join("release").join(self.name)
    }

    /// Downloads what it depends on that is not in the lock file of the repository.
    pub(crate) fn fetch(&self) -> Result<(), String> {
        let mut fetch = workspace::cargo(&self.workspace.path(""), &["fetch", "--quiet"]);
        process::attempt(&mut fetch).map(|_| ())
    }

    /// How many crates are compiled.
    pub(crate) fn crates(&self) -> f64 {
        let arguments = [
            "tree",
            "--package",
            self.name,
            "--edges",
            "normal,build",
            "--prefix",
            "none",
        ];
        let (tree, _) = process::run(&mut self.workspace.cargo(self.target.path(), &arguments));
        // What stands after name and version says that a crate was listed before, or where it lies.
        let crates = tree
            .lines()
            .map(|line| line.split_once(" (").map_or(line, |(name, _)| name));
        count(crates.collect::<BTreeSet<_>>().len())
    }
}

/// The application with the SDK.
pub(crate) const SDK: &str = "application-sdk";

/// The size of a program.
pub(crate) fn kilobytes(program: &Path) -> f64 {
    float(fs::metadata(program).expect("a program").len()) / 1e3
}
