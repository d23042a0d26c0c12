//! What an application's build takes, with the SDK, by hand, and with what another generator makes of the document.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use super::{
    ROUNDS, call, document, in_repository,
    process::{self, count, float},
    regeneration,
    report::{Figure, Table},
    say,
    server::{Kind, Server},
    workspace::{self, Workspace},
};

/// How often each application is built from nothing, which takes most of the time.
const COLD_ROUNDS: usize = 3;

/// The generator that most would take.
const OTHER_GENERATOR: &str = "openapi-generator-cli";

pub(crate) fn measure() -> Vec<Table> {
    workspace::fetch();
    let xtask = workspace::xtask();
    let release = workspace::folder();
    vec![
        applications(release.path()),
        operations(&xtask, release.path()),
        check(&xtask),
    ]
}

/// The least that creates an access token.
struct Application<'a> {
    workspace: &'a Workspace,
    /// Of the package, in a folder of the same name.
    name: &'static str,
    code: &'static str,
    target: TempDir,
    cold: Vec<f64>,
    incremental: Vec<f64>,
}

impl<'a> Application<'a> {
    /// Writes one that depends on this besides tokio.
    fn new(workspace: &'a Workspace, name: &'static str, dependencies: &str, code: &'static str) -> Self {
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

    fn with_the_sdk(workspace: &'a Workspace) -> Self {
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

    fn build_from_nothing(&mut self) {
        self.target = workspace::folder();
        self.cold.push(self.build());
    }

    fn build_after_a_change(&mut self, round: usize) {
        let changed = self.code.replacen("\"ci\"", &format!("\"ci-{round}\""), 1);
        assert_ne!(changed, self.code);
        self.workspace.write(&format!("{}/src/main.rs", self.name), &changed);
        self.incremental.push(self.build());
    }

    /// The program, without symbols.
    fn release(&self, target: &Path) -> PathBuf {
        let arguments = ["build", "--release", "--package", self.name];
        process::run(&mut self.workspace.cargo(target, &arguments));
        target.join("release").join(self.name)
    }

    /// How many crates are compiled.
    fn crates(&self) -> f64 {
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

const SDK: &str = "application-sdk";
const SDK_WITH_RING: &str = "application-sdk-ring";
const HAND_WRITTEN: &str = "application-hand-written";
const GENERATED: &str = "application-generated";

const GENERATED_CODE: &str = include_str!("applications/openapi_generator.rs");
const GENERATED_DEPENDENCY: &str =
    r#"openapi = { path = "../generated", default-features = false, features = ["rustls"] }"#;

/// What the one that was written by hand depends on: the same features of the same crates as the SDK.
const BY_HAND: &str = r#"chrono = { version = "0.4.31", default-features = false, features = ["now", "serde"] }
reqwest = { version = "0.13", default-features = false, features = ["json", "rustls", "system-proxy"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
uuid = { version = "1", features = ["serde"] }"#;

fn applications(release: &Path) -> Table {
    let ours = Workspace::new(&["sdk", SDK, SDK_WITH_RING, HAND_WRITTEN]);
    ours.publish_sdk();
    let theirs = generated();
    let hand = Application::new(
        &ours,
        HAND_WRITTEN,
        BY_HAND,
        include_str!("applications/hand_written.rs"),
    );
    ours.write(
        &format!("{HAND_WRITTEN}/src/client.rs"),
        include_str!("hand_written.rs"),
    );
    let with_ring = r#"askui-workspaces = { path = "../sdk", default-features = false, features = ["rustls-ring"] }"#;
    let mut applications = vec![
        hand,
        Application::with_the_sdk(&ours),
        Application::new(&ours, SDK_WITH_RING, with_ring, include_str!("applications/sdk.rs")),
    ];
    let mut columns = vec!["SDK", "SDK with `rustls-ring`"];
    if let Ok(theirs) = &theirs {
        applications.push(Application::new(
            theirs,
            GENERATED,
            GENERATED_DEPENDENCY,
            GENERATED_CODE,
        ));
        columns.push("openapi-generator");
    }
    let mut table = Table::new("build", "The least application, compared with hand-written", &columns);
    if let Err(reason) = &theirs {
        table.note(reason.as_str());
    }

    for round in 1..=COLD_ROUNDS {
        say(&format!("builds from nothing, round {round} of {COLD_ROUNDS}"));
        applications.rotate_left(1);
        applications.iter_mut().for_each(Application::build_from_nothing);
    }
    say("builds after a change");
    for round in 1..=ROUNDS {
        applications.rotate_left(1);
        for application in &mut applications {
            application.build_after_a_change(round);
        }
    }
    let in_order = [HAND_WRITTEN, SDK, SDK_WITH_RING, GENERATED];
    applications.sort_by_key(|application| in_order.iter().position(|name| *name == application.name));
    let [hand, applications @ ..] = &applications[..] else {
        unreachable!("there are three or four");
    };

    let mut row = |what: &str, goal: &str, measured: &dyn Fn(&Application<'_>) -> Vec<f64>| {
        let baseline = measured(hand);
        let figures = applications
            .iter()
            .map(|application| Figure::compared(&measured(application), &baseline));
        table.row(what, goal, figures.map(Some));
    };
    row("build from nothing, CPU s", "at most 1.10", &|application| {
        application.cold.clone()
    });
    row("build after a change, CPU s", "at most 1.10", &|application| {
        application.incremental.clone()
    });
    row("crates", "at most 6 more", &|application| vec![application.crates()]);
    say("release builds");
    row("release binary, stripped, kB", "at most 300 more", &|application| {
        vec![kilobytes(&application.release(release))]
    });
    table
}

/// What openapi-generator makes of the document, or why it is not there.
fn generated() -> Result<Workspace, String> {
    if process::version(OTHER_GENERATOR, "version").is_none() {
        return Err(format!(
            "openapi-generator was not measured: there is no `{OTHER_GENERATOR}`."
        ));
    }
    say("openapi-generator");
    let workspace = Workspace::new(&["generated", GENERATED]);
    let mut generator = Command::new(OTHER_GENERATOR);
    generator
        .args(["generate", "--generator-name", "rust", "--input-spec"])
        .arg(in_repository("openapi/askui-workspaces.yaml"))
        .arg("--output")
        .arg(workspace.path("generated"));
    process::run(&mut generator);
    Application::new(&workspace, GENERATED, GENERATED_DEPENDENCY, GENERATED_CODE);
    // What it depends on is not in the lock file of the repository.
    let mut fetch = workspace::cargo(&workspace.path(""), &["fetch", "--quiet"]);
    if fetch.status().is_ok_and(|status| status.success()) {
        Ok(workspace)
    } else {
        Err("openapi-generator was not measured: what its code depends on cannot be downloaded.".into())
    }
}

/// Whether a call grows with the API: the SDK of many operations, compared with that of one.
fn operations(xtask: &Path, release: &Path) -> Table {
    const OPERATIONS: usize = 50;

    say("the SDK of many operations");
    let server = Server::start(Kind::Status(201));
    let has_valgrind = call::has_valgrind();
    let [many, one] = [OPERATIONS, 1].map(|operations| {
        let workspace = Workspace::new(&["sdk", SDK]);
        if operations > 1 {
            workspace.add("openapi");
            regeneration::replace_document(&workspace, &document::repeated(operations));
            regeneration::generate(xtask, &workspace);
        }
        workspace.publish_sdk();
        let program = Application::with_the_sdk(&workspace).release(release);
        let instructions = has_valgrind.then(|| {
            call::instructions(|calls| {
                let mut command = Command::new(&program);
                command
                    .args(vec!["call"; calls])
                    .env("ASKUI_TOKEN", "any-token")
                    .env("ASKUI_WORKSPACES_ENDPOINT", &server.endpoint);
                command
            })
        });
        (kilobytes(&program), instructions)
    });
    let title = format!("The SDK of {OPERATIONS} operations : of 1, where one is called");
    let mut table = Table::new("operations", &title, &["many : one"]);
    if let (Some(many), Some(one)) = (many.1, one.1) {
        table.row(
            "instructions of a call",
            "1.00",
            [Some(Figure::compared(&[many], &[one]))],
        );
    }
    table.row(
        "release binary, stripped, kB",
        "",
        [Some(Figure::compared(&[many.0], &[one.0]))],
    );
    table
}

/// What a check of generated code takes: what it takes longer than that of the bundled document's.
fn check(xtask: &Path) -> Table {
    let target = workspace::folder();
    let workspace_of = |document: Option<String>| {
        let workspace = Workspace::new(&["sdk"]);
        if let Some(document) = document {
            workspace.add("openapi");
            regeneration::replace_document(&workspace, &document);
            regeneration::generate(xtask, &workspace);
        }
        workspace.publish_sdk();
        workspace
    };
    let whole = document::whole().map(|path| fs::read_to_string(path).expect("the vendor's whole document"));
    let mut columns = vec!["50 operations, repeated"];
    let mut workspaces = vec![workspace_of(None), workspace_of(Some(document::repeated(50)))];
    if whole.is_some() {
        columns.push("46, the vendor's");
        workspaces.push(workspace_of(whole));
    }
    let check = |workspace: &Workspace| {
        let arguments = ["check", "--package", "askui-workspaces"];
        let mut cargo = workspace.cargo(target.path(), &arguments);
        process::run(cargo.env("CARGO_INCREMENTAL", "0")).1.cpu
    };
    for workspace in &workspaces {
        check(workspace);
    }
    let mut times = workspaces.iter().map(|_| Vec::new()).collect::<Vec<_>>();
    for round in 1..=ROUNDS {
        say(&format!("checks, round {round} of {ROUNDS}"));
        for (workspace, times) in workspaces.iter().zip(&mut times) {
            let path = "sdk/src/lib.rs";
            // Cargo goes by the time of the change.
            workspace.write(path, &fs::read_to_string(workspace.path(path)).expect("the SDK"));
            times.push(check(workspace));
        }
    }
    let title = "`cargo check` of generated code";
    let mut table = Table::new("check", title, &columns);
    if columns.len() == 1 {
        table.note(document::without_whole());
    }
    let lines = workspaces.iter().map(regeneration::lines).collect::<Vec<_>>();
    let figures = (1..workspaces.len()).map(|index| {
        let more = count(lines[index] - lines[0]) / 1e3;
        let slopes = times[index]
            .iter()
            .zip(&times[0])
            .map(|(time, least)| (time - least) / more);
        Some(Figure::alone(&slopes.collect::<Vec<_>>()))
    });
    table.row("CPU time for 1,000 lines, s", "", figures);
    table.row(
        "lines generated",
        "",
        lines[1..].iter().map(|lines| Some(Figure::alone(&[count(*lines)]))),
    );
    table
}

fn kilobytes(program: &Path) -> f64 {
    float(fs::metadata(program).expect("a program").len()) / 1e3
}
