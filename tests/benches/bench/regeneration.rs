//! What a regeneration takes, by the size of the document, and what it takes to see that there is nothing to do.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

use super::{
    ROUNDS, document,
    process::{self, Usage, count},
    report::{Figure, Table},
    say,
    workspace::{self, Workspace},
};

/// The synthetic documents, by their operations.
const OPERATIONS: [usize; 3] = [50, 200, 800];

/// How often the largest is measured, which takes longer than all others together.
const LARGEST_ROUNDS: usize = 3;

pub(crate) fn measure() -> Vec<Table> {
    workspace::fetch();
    let [unchanged, checkout] = checkout();
    vec![regenerations(), unchanged, checkout]
}

/// What is generated from, and what that took in each round.
struct Case {
    operations: usize,
    workspace: Workspace,
    usages: Vec<Usage>,
    /// As `usages`, of the optimized xtask.
    optimized: Vec<Usage>,
}

impl Case {
    /// The bundled document and overlay, or `text` in the place of the document.
    fn new(operations: usize, text: Option<&str>) -> Self {
        let workspace = Workspace::new(&[]);
        workspace.add("openapi");
        if let Some(text) = text {
            replace_document(&workspace, text);
        }
        Self {
            operations,
            workspace,
            usages: Vec::new(),
            optimized: Vec::new(),
        }
    }

    fn times(&self) -> Vec<f64> {
        self.usages.iter().map(|usage| usage.cpu).collect()
    }

    /// What an operation takes that `other` does not have, in milliseconds, in each round.
    fn slope(&self, other: &Self) -> Vec<f64> {
        let more = count(self.operations - other.operations);
        let times = self.times().into_iter().zip(other.times());
        times.map(|(time, other)| (time - other) * 1e3 / more).collect()
    }
}

fn regenerations() -> Table {
    let xtask = workspace::xtask();
    let optimized = workspace::optimized_xtask();
    let whole = document::whole().map(|path| fs::read_to_string(path).expect("the vendor's whole document"));
    let mut cases = vec![Case::new(1, None)];
    cases.extend(whole.as_deref().map(|text| Case::new(46, Some(text))));
    cases.extend(OPERATIONS.map(|operations| Case::new(operations, Some(&document::repeated(operations)))));
    for round in 1..=ROUNDS {
        say(&format!("regenerations, round {round} of {ROUNDS}"));
        for case in &mut cases {
            if case.operations < OPERATIONS[2] || round <= LARGEST_ROUNDS {
                let usage = generate(&xtask, &case.workspace);
                case.usages.push(usage);
                let usage = generate(&optimized, &case.workspace);
                case.optimized.push(usage);
            }
        }
    }

    let columns = cases.iter().map(|case| match case.operations {
        1 => "1 operation, bundled".into(),
        46 if whole.is_some() => "46, the vendor's".into(),
        operations => format!("{operations}, repeated"),
    });
    let columns = columns.collect::<Vec<_>>();
    let columns = columns.iter().map(String::as_str).collect::<Vec<_>>();
    let mut table = Table::new("regeneration", "A regeneration, by `cargo xtask generate`", &columns);
    if whole.is_none() {
        table.note(document::without_whole());
    }
    let figures = cases.iter().map(|case| Some(Figure::alone(&case.times())));
    table.row("CPU time, s", "at most 0.03 for the bundled one, 0.40 for 46", figures);
    let figures = cases.iter().map(|case| {
        let times = case.optimized.iter().map(|usage| usage.cpu);
        Some(Figure::alone(&times.collect::<Vec<_>>()))
    });
    table.row("CPU time, optimized, s", "at most 0.10 for 46", figures);
    let synthetic = &cases[cases.len() - OPERATIONS.len()..];
    let mut slopes = cases.iter().map(|_| None).collect::<Vec<_>>();
    let places = slopes.len() - OPERATIONS.len();
    let first = synthetic[1].slope(&synthetic[0]);
    let second = synthetic[2].slope(&synthetic[1]);
    slopes[places + 1] = Some(Figure::alone(&first));
    slopes[places + 2] = Some(Figure::compared(&second, &first[..second.len()]));
    table.row("CPU time for an operation more, ms", "", slopes);
    let figures = cases.iter().map(|case| {
        let peaks = case.usages.iter().map(|usage| usage.peak / 1e6).collect::<Vec<_>>();
        Some(Figure::alone(&peaks))
    });
    table.row("peak memory, MB", "", figures);
    let figures = cases
        .iter()
        .map(|case| Some(Figure::alone(&[count(lines_of_sdk(&case.workspace))])));
    table.row("lines generated", "", figures);
    table
}

/// Replaces the description of a workspace. The overlay stays, but for the list of what it keeps.
pub(crate) fn replace_document(workspace: &Workspace, text: &str) {
    const OVERLAY: &str = "openapi/overlay.yaml";

    fs::remove_file(workspace.path("openapi/askui-workspaces.yaml")).expect("the bundled description");
    workspace.write("openapi/askui-workspaces.json", text);
    let overlay = fs::read_to_string(workspace.path(OVERLAY)).expect("the overlay");
    let (before, after) = overlay
        .split_once("x-keep:\n")
        .expect("a list of what the overlay keeps");
    let after = after.lines().skip_while(|line| line.starts_with(' '));
    workspace.write(OVERLAY, &(before.to_owned() + &after.collect::<Vec<_>>().join("\n")));
}

/// Generates the client of a workspace anew.
pub(crate) fn generate(xtask: &Path, workspace: &Workspace) -> Usage {
    let folder = workspace.path("sdk/src/generated");
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("the generated code");
    }
    fs::create_dir_all(&folder).expect("a folder for the generated code");
    let mut command = Command::new(xtask);
    command.arg("generate").arg("--root").arg(workspace.path(""));
    process::run(&mut command).1
}

/// How many lines of Rust a file or folder has, if it is there.
pub(crate) fn lines(path: &Path) -> usize {
    if path.is_dir() {
        let entries = fs::read_dir(path).expect("the generated code");
        entries
            .map(|entry| lines(&entry.expect("an entry of a folder").path()))
            .sum()
    } else if path.extension().is_some_and(|extension| extension == "rs") {
        fs::read_to_string(path).map_or(0, |code| code.lines().count())
    } else {
        0
    }
}

/// How many lines are generated of the SDK.
pub(crate) fn lines_of_sdk(workspace: &Workspace) -> usize {
    lines(&workspace.path("sdk/src/generated"))
}

/// Builds of a checkout, whose build script watches the description: where nothing changed, compared with a package without a
/// build script; after an edit; and the first build of the generator.
fn checkout() -> [Table; 2] {
    let target = workspace::folder();
    let checkout = Workspace::new(&["sdk", "xtask"]);
    checkout.add("openapi");
    let package = Workspace::new(&["sdk", "xtask"]);
    package.publish_sdk();
    // TLS makes no difference here, and takes long to compile.
    let build = |workspace: &Workspace| {
        let arguments = ["build", "--package", "askui-workspaces", "--no-default-features"];
        workspace.cargo(target.path(), &arguments)
    };
    say("the first build of the generator");
    let alone = workspace::folder();
    let (_, first) = process::run(&mut checkout.cargo(alone.path(), &["build", "--package", "xtask"]));
    drop(alone);

    say("builds where nothing changed");
    for workspace in [&checkout, &package] {
        process::run(&mut build(workspace));
    }
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (times, workspace) in times.iter_mut().zip([&checkout, &package]) {
            times.push(process::run(&mut build(workspace)).1.seconds * 1e3);
        }
    }
    let title = "A build where nothing changed, with the build script : without";
    let mut unchanged = Table::new("unchanged", title, &["ms"]);
    unchanged.row("`cargo build`", "", [Some(Figure::compared(&times[0], &times[1]))]);

    say("builds after an edit of the description");
    let path = "openapi/askui-workspaces.yaml";
    let text = fs::read_to_string(checkout.path(path)).expect("the bundled description");
    let edited = |round: usize| {
        checkout.write(path, &format!("{text}# Edit {round}.\n"));
        until_the_generator_ended(&mut build(&checkout))
    };
    // The first compiles the generator.
    edited(0);
    let times = (1..=ROUNDS).map(edited).collect::<Vec<_>>();
    let mut table = Table::new("edit", "A build of a checkout", &["s"]);
    let what = "`cargo build` after an edit of the description, until the SDK is compiled";
    table.row(what, "at most 1.5", [Some(Figure::alone(&times))]);
    table.row(
        "the generator from nothing, CPU time",
        "",
        [Some(Figure::alone(&[first.cpu]))],
    );
    [unchanged, table]
}

/// How long a build takes until the SDK's build script has ended, in seconds.
fn until_the_generator_ended(cargo: &mut Command) -> f64 {
    let start = Instant::now();
    cargo.args(["--message-format", "json"]);
    let mut build = cargo.stdout(Stdio::piped()).spawn().expect("cargo");
    let mut seconds = None;
    for line in BufReader::new(build.stdout.take().expect("a pipe")).lines() {
        let line = line.expect("a message of cargo");
        if line.contains(r#""reason":"build-script-executed""#) && line.contains("/sdk#") {
            seconds = Some(start.elapsed().as_secs_f64());
        }
    }
    assert!(build.wait().expect("the end of cargo").success());
    seconds.expect("a message about the build script")
}
