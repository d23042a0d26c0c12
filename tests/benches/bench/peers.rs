//! The SDK beside the clients that other generators make of the same descriptions: what it takes to generate them, to build them
//! and to call them.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{
    application::{Application, SDK, kilobytes},
    call, document, in_repository,
    process::{self, Usage, count},
    regeneration,
    report::{Figure, Table},
    repository, say,
    server::{Kind, Server},
    workspace::{self, Workspace},
};

/// How often everything is measured but the builds from nothing.
const ROUNDS: usize = 3;

const OPENAPI_TO_RUST: &str = "0.23.0";
const OPENAPI_GENERATOR: &str = "7.26.0";

pub(crate) fn measure() -> Vec<Table> {
    workspace::fetch();
    let mut generators = vec![Program::Xtask(workspace::xtask())];
    let mut notes = vec!["`cargo xtask` is not optimized, as maintainers run it; the other generators are.".to_owned()];
    for peer in [openapi_to_rust(), openapi_generator()] {
        match peer {
            Ok(peer) => generators.push(peer),
            Err(reason) => notes.push(reason),
        }
    }
    // What the clients depend on is compiled once for both descriptions.
    let target = workspace::folder();
    let mut tables = vec![compare(&generators, None, &notes, target.path())];
    if let Some(whole) = document::whole() {
        tables.push(compare(&generators, Some(&whole), &[], target.path()));
    } else {
        tables[0].note(document::without_whole());
    }
    tables
}

/// A program that generates clients.
enum Program {
    Xtask(PathBuf),
    OpenapiToRust(PathBuf),
    /// The archive, which Java runs.
    OpenapiGenerator(PathBuf),
}

/// Installs openapi-to-rust, unless an earlier run did.
fn openapi_to_rust() -> Result<Program, String> {
    let folder = installed("openapi-to-rust", OPENAPI_TO_RUST);
    let program = folder.join("bin/openapi-to-rust");
    if !program.exists() {
        say("installing openapi-to-rust");
        let mut cargo = workspace::cargo(repository(), &["install", "--locked", "--quiet"]);
        cargo.arg("--root").arg(folder);
        cargo.arg(format!("openapi-to-rust@{OPENAPI_TO_RUST}"));
        process::attempt(&mut cargo).map_err(|error| missing("openapi-to-rust", &error))?;
    }
    Ok(Program::OpenapiToRust(program))
}

/// Installs openapi-generator, unless an earlier run did. The package has the archive that others download.
fn openapi_generator() -> Result<Program, String> {
    const NAME: &str = "openapi-generator";

    process::attempt(Command::new("java").arg("-version"))
        .map_err(|_| missing(NAME, "it needs Java, which is not installed"))?;
    let folder = installed(NAME, OPENAPI_GENERATOR);
    let archive = folder.join("openapi_generator_cli/openapi-generator.jar");
    if !archive.exists() {
        say("installing openapi-generator");
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--no-deps", "--target"]);
        pip.arg(folder);
        pip.arg(format!("openapi-generator-cli=={OPENAPI_GENERATOR}"));
        process::attempt(&mut pip).map_err(|error| missing(NAME, &error))?;
    }
    Ok(Program::OpenapiGenerator(archive))
}

/// Where a generator is installed, for the next runs too.
fn installed(name: &str, version: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{version}"))
}

/// Why a generator was not measured.
fn missing(name: &str, error: &str) -> String {
    let last = error.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
    format!("{name} was not measured: {}.", last.trim().trim_end_matches('.'))
}

impl Program {
    fn name(&self) -> String {
        match self {
            Self::Xtask(_) => "SDK".into(),
            Self::OpenapiToRust(_) => format!("openapi-to-rust {OPENAPI_TO_RUST}"),
            Self::OpenapiGenerator(_) => format!("openapi-generator {OPENAPI_GENERATOR}"),
        }
    }

    /// The package of the client, and its folder.
    fn package(&self) -> [&'static str; 2] {
        match self {
            Self::Xtask(_) => ["askui-workspaces", "sdk"],
            Self::OpenapiToRust(_) => ["client", "client"],
            Self::OpenapiGenerator(_) => ["openapi", "client"],
        }
    }

    /// Where the code is that it generates.
    fn output(&self) -> &'static str {
        match self {
            Self::Xtask(_) => "sdk/src/generated",
            Self::OpenapiToRust(_) => "client/src/generated",
            Self::OpenapiGenerator(_) => "client",
        }
    }

    /// Generates the client anew, of the bundled description or of another.
    fn generate(&self, workspace: &Workspace, description: Option<&Path>) -> Result<Usage, String> {
        let bundled = in_repository("openapi/askui-workspaces.yaml");
        let description = description.unwrap_or(&bundled);
        let output = workspace.path(self.output());
        let mut command = match self {
            Self::Xtask(program) => return Ok(regeneration::generate(program, workspace)),
            Self::OpenapiToRust(program) => {
                let mut command = Command::new(program);
                command
                    .arg("generate")
                    .arg(description)
                    .arg("--output-dir")
                    .arg(&output);
                command
            }
            Self::OpenapiGenerator(archive) => {
                let mut command = Command::new("java");
                command.arg("-jar").arg(archive);
                command.args(["generate", "--generator-name", "rust", "--input-spec"]);
                command.arg(description).arg("--output").arg(&output);
                command
            }
        };
        if output.exists() {
            fs::remove_dir_all(&output).expect("the generated code");
        }
        process::attempt(&mut command).map(|(_, usage)| usage)
    }

    /// A workspace with the client.
    fn workspace(&self, description: Option<&Path>) -> Result<Workspace, String> {
        let workspace = match self {
            Self::Xtask(_) => {
                let workspace = Workspace::new(&["sdk", SDK]);
                workspace.add("openapi");
                if let Some(path) = description {
                    let text = fs::read_to_string(path).expect("a description");
                    regeneration::replace_document(&workspace, &text);
                }
                workspace.publish_sdk();
                workspace
            }
            Self::OpenapiToRust(_) | Self::OpenapiGenerator(_) => Workspace::new(&["client", PEER]),
        };
        self.generate(&workspace, description)?;
        if let Self::OpenapiToRust(_) = self {
            let dependencies = fs::read_to_string(workspace.path("client/src/generated/REQUIRED_DEPS.toml"));
            let dependencies = dependencies.map_err(|error| error.to_string())?;
            let package = "[package]\nname = \"client\"\nedition = \"2024\"\n\n";
            workspace.write("client/Cargo.toml", &format!("{package}{dependencies}"));
            workspace.write("client/src/lib.rs", "pub mod generated;\n");
        }
        Ok(workspace)
    }

    /// An application that calls the client.
    fn application<'a>(&self, workspace: &'a Workspace) -> Application<'a> {
        match self {
            Self::Xtask(_) => Application::with_the_sdk(workspace),
            Self::OpenapiToRust(_) => {
                let code = include_str!("applications/openapi_to_rust.rs");
                Application::new(workspace, PEER, r#"client = { path = "../client" }"#, code)
            }
            Self::OpenapiGenerator(_) => {
                let dependency = r#"openapi = { path = "../client", default-features = false, features = ["rustls"] }"#;
                let code = include_str!("applications/openapi_generator.rs");
                Application::new(workspace, PEER, dependency, code)
            }
        }
    }

    /// Lines of Rust: without what is for tests alone, and that.
    fn lines(&self, workspace: &Workspace) -> [usize; 2] {
        let output = workspace.path(self.output());
        let mock = ["mock", "mock.rs"].map(|part| regeneration::lines(&output.join(part)));
        let mock = mock.iter().sum();
        [regeneration::lines(&output) - mock, mock]
    }
}

/// The application with a client of another generator.
const PEER: &str = "application-peer";

/// What was measured of a client.
#[derive(Default)]
struct Measured {
    generation: Vec<Usage>,
    check: Vec<f64>,
}

fn compare(generators: &[Program], description: Option<&Path>, notes: &[String], target: &Path) -> Table {
    let mut notes = notes.to_vec();
    // Those whose code compiles.
    let mut clients = Vec::new();
    for generator in generators {
        say(&format!("the client of {}", generator.name()));
        let checked = generator.workspace(description).and_then(|workspace| {
            let application = generator.application(&workspace);
            application.fetch()?;
            process::attempt(&mut check(generator, &workspace, target))?;
            drop(application);
            Ok(workspace)
        });
        match checked {
            Ok(workspace) => clients.push((generator, workspace, Measured::default())),
            Err(error) => notes.push(missing(&generator.name(), &error)),
        }
    }
    for round in 1..=ROUNDS {
        say(&format!("generations and checks, round {round} of {ROUNDS}"));
        for (generator, workspace, measured) in &mut clients {
            let usage = generator
                .generate(workspace, description)
                .expect("the second time as the first");
            measured.generation.push(usage);
            let (_, usage) = process::run(&mut check(generator, workspace, target));
            measured.check.push(usage.cpu);
        }
    }

    let (name, title) = match description {
        None => ("peers", "The client of the bundled description, by generator"),
        Some(_) => (
            "peers of the whole",
            "The client of the vendor's 46 operations, by generator",
        ),
    };
    let columns = clients
        .iter()
        .map(|(generator, ..)| generator.name())
        .collect::<Vec<_>>();
    let mut table = Table::new(name, title, &columns.iter().map(String::as_str).collect::<Vec<_>>());
    for note in notes {
        table.note(note);
    }
    let goal = |goal| if description.is_some() { goal } else { "" };
    let mut row = |what: &str, goal: &str, figure: &dyn Fn(&Measured) -> Figure| {
        table.row(
            what,
            goal,
            clients.iter().map(|(_, _, measured)| Some(figure(measured))),
        );
    };
    let alone =
        |usages: &[Usage], figure: fn(&Usage) -> f64| Figure::alone(&usages.iter().map(figure).collect::<Vec<_>>());
    row("generation, CPU s", "", &|measured| {
        alone(&measured.generation, |usage| usage.cpu)
    });
    row("generation, peak memory, MB", "", &|measured| {
        alone(&measured.generation, |usage| usage.peak / 1e6)
    });
    row(
        "`cargo check` of the client, CPU s",
        goal("at most 0.95 of openapi-to-rust"),
        &|measured| Figure::alone(&measured.check),
    );
    let lines = clients
        .iter()
        .map(|(generator, workspace, _)| generator.lines(workspace));
    let lines = lines.collect::<Vec<_>>();
    table.row(
        "lines generated",
        goal("at most 9,500"),
        lines.iter().map(|lines| Some(Figure::alone(&[count(lines[0])]))),
    );
    table.row(
        "lines generated, with the mock server",
        goal("at most 12,000"),
        lines
            .iter()
            .map(|[lines, tests]| (*tests > 0).then(|| Figure::alone(&[count(lines + tests)]))),
    );
    applications(&mut table, &clients, target);
    table
}

/// What applications with the clients take.
fn applications(table: &mut Table, clients: &[(&Program, Workspace, Measured)], target: &Path) {
    let server = Server::start(Kind::Status(201));
    let has_valgrind = call::has_valgrind();
    let mut figures = Vec::new();
    for (generator, workspace, _) in clients {
        say(&format!("an application with the client of {}", generator.name()));
        let mut application = generator.application(workspace);
        application.build_from_nothing();
        let program = application.release(target);
        let calls = |calls: usize| {
            let mut command = Command::new(&program);
            command
                .args(vec!["call"; calls])
                .env("ASKUI_TOKEN", "any-token")
                .env("ASKUI_WORKSPACES_ENDPOINT", &server.endpoint);
            command
        };
        let counted = |counted| has_valgrind.then(|| call::counted_by_call(counted, calls));
        figures.push([
            Some(application.cold[0]),
            Some(application.crates()),
            Some(kilobytes(&program)),
            counted(call::Counted::Instructions),
            counted(call::Counted::Allocations),
        ]);
    }
    let rows = [
        "build from nothing, CPU s",
        "crates",
        "release binary, stripped, kB",
        "instructions of a call",
        "allocations of a call",
    ];
    for (index, what) in rows.into_iter().enumerate() {
        if figures.iter().any(|figures| figures[index].is_some()) {
            let figures = figures
                .iter()
                .map(|figures| figures[index].map(|figure| Figure::alone(&[figure])));
            table.row(what, "", figures);
        }
    }
    if !has_valgrind {
        table.note("Instructions and allocations were not counted: `valgrind` is not installed.");
    }
}

/// A check of the client alone, whose dependencies are compiled already.
fn check(generator: &Program, workspace: &Workspace, target: &Path) -> Command {
    let [package, folder] = generator.package();
    let library = format!("{folder}/src/lib.rs");
    // Cargo goes by the time of the change.
    workspace.write(
        &library,
        &fs::read_to_string(workspace.path(&library)).unwrap_or_default(),
    );
    let mut cargo = workspace.cargo(target, &["check", "--package", package]);
    cargo.env("CARGO_INCREMENTAL", "0");
    cargo
}
