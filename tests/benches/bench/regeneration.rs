//! What a regeneration takes, by the size of the document, and what it takes to see that there is nothing to do.

use std::{fs, path::Path, process::Command};

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
    vec![regenerations(), unchanged()]
}

/// What is generated from, and what that took in each round.
struct Case {
    operations: usize,
    workspace: Workspace,
    usages: Vec<Usage>,
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
    table.row("CPU time, s", "", figures);
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
        .map(|case| Some(Figure::alone(&[count(lines(&case.workspace))])));
    table.row("lines generated", "", figures);
    table
}

/// Replaces the document of a workspace; the overlay stays.
pub(crate) fn replace_document(workspace: &Workspace, text: &str) {
    fs::remove_file(workspace.path("openapi/askui-workspaces.yaml")).expect("the bundled document");
    workspace.write("openapi/askui-workspaces.json", text);
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

/// How many lines are generated.
pub(crate) fn lines(workspace: &Workspace) -> usize {
    fn of(path: &Path) -> usize {
        if path.is_dir() {
            let entries = fs::read_dir(path).expect("the generated code");
            entries
                .map(|entry| of(&entry.expect("an entry of a folder").path()))
                .sum()
        } else {
            fs::read_to_string(path).expect("generated code").lines().count()
        }
    }
    of(&workspace.path("sdk/src/generated"))
}

/// A build where nothing changed, of a checkout, whose build script watches the document, and of a package without one.
fn unchanged() -> Table {
    say("builds where nothing changed");
    let target = workspace::folder();
    let checkout = Workspace::new(&["sdk", "xtask"]);
    checkout.add("openapi");
    let package = Workspace::new(&["sdk", "xtask"]);
    package.publish_sdk();
    let build = |workspace: &Workspace| {
        // TLS makes no difference here, and takes long to compile.
        let arguments = ["build", "--package", "askui-workspaces", "--no-default-features"];
        process::run(&mut workspace.cargo(target.path(), &arguments)).1.seconds * 1e3
    };
    for workspace in [&checkout, &package] {
        build(workspace);
    }
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        times[0].push(build(&checkout));
        times[1].push(build(&package));
    }
    let title = "A build where nothing changed, with the build script : without";
    let mut table = Table::new("unchanged", title, &["ms"]);
    table.row("`cargo build`", "", [Some(Figure::compared(&times[0], &times[1]))]);
    table
}
