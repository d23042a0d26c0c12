//! What an application's build takes, with the SDK and by hand.

use std::{fs, path::Path, process::Command};

use super::{
    ROUNDS,
    application::{Application, SDK, kilobytes},
    call::{self, Counted},
    document,
    process::{self, count},
    regeneration,
    report::{Figure, Table},
    say,
    server::{Kind, Server},
    workspace::{self, Workspace},
};

/// How often each application is built from nothing, which takes most of the time.
const COLD_ROUNDS: usize = 3;

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

const SDK_WITH_RING: &str = "application-sdk-ring";
const HAND_WRITTEN: &str = "application-hand-written";

/// What the one that was written by hand depends on: the same features of the same crates as the SDK.
const BY_HAND: &str = r#"chrono = { version = "0.4.31", default-features = false, features = ["now", "serde"] }
reqwest = { version = "0.13", default-features = false, features = ["json", "rustls", "system-proxy"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
uuid = { version = "1", features = ["serde"] }"#;

fn applications(release: &Path) -> Table {
    let ours = Workspace::new(&["sdk", SDK, SDK_WITH_RING, HAND_WRITTEN]);
    ours.publish_sdk();
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
    let mut applications = [
        hand,
        Application::with_the_sdk(&ours),
        Application::new(&ours, SDK_WITH_RING, with_ring, include_str!("applications/sdk.rs")),
    ];
    let mut table = Table::new(
        "build",
        "The least application, compared with hand-written",
        &["SDK", "SDK with `rustls-ring`"],
    );

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
    let in_order = [HAND_WRITTEN, SDK, SDK_WITH_RING];
    applications.sort_by_key(|application| in_order.iter().position(|name| *name == application.name));
    let [hand, applications @ ..] = &applications;

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
            call::counted_by_call(Counted::Instructions, |calls| {
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
    let lines = workspaces.iter().map(regeneration::lines_of_sdk).collect::<Vec<_>>();
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
