//! `sdk/build.rs`, as it is, in small repositories whose generator has no dependencies: when it regenerates the code,
//! when it must leave the code alone, and what a person reads when it cannot do either.

use std::{
    env, fs,
    io::{Read, Seek},
    path::PathBuf,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use xtask::fingerprint;

/// A guard against builds that wait for each other forever, far above what any of these takes.
const LIMIT: Duration = Duration::from_secs(120);

/// How the variables begin that the build or the git hook which runs these tests may have set for itself.
const FOREIGN: &str = "ASKUI_ CARGO CI DOCS_RS GIT_ RUSTC RUSTDOC RUSTFLAGS";

const FILES: [(&str, &str); 9] = [
    ("Cargo.toml", WORKSPACE),
    ("sdk/Cargo.toml", SDK),
    ("sdk/build.rs", include_str!("../../sdk/build.rs")),
    ("sdk/fingerprint.rs", include_str!("../../sdk/fingerprint.rs")),
    ("sdk/src/lib.rs", LIBRARY),
    ("xtask/Cargo.toml", XTASK),
    ("xtask/src/main.rs", GENERATOR),
    ("openapi/document.yaml", "the document"),
    ("openapi/overlay.yaml", "the overlay"),
];

const WORKSPACE: &str = "workspace = { members = ['sdk', 'xtask'], default-members = ['sdk'], resolver = '3' }";
const SDK: &str = "package = { name = 'askui-workspaces', edition = '2024', exclude = ['build.rs', 'fingerprint.rs'] }";
const XTASK: &str = "package = { name = 'xtask', edition = '2024' }";
const LIBRARY: &str = "mod generated;\npub use generated::*;\n";

/// Writes what its inputs hold as a constant, and a line into `<log>` for every run. It reports a document that is
/// "broken", and writes a wrong fingerprint for one that is "forgotten".
const GENERATOR: &str = r#"
    use std::{env, fs, io::Write, path::Path, process};

    #[path = "../../sdk/fingerprint.rs"]
    mod fingerprint;

    #[cfg(waiting_build)]
    compile_error!("built with the flags of the build that waits for it");

    fn main() {
        assert!(env::args().skip(1).eq(["generate"]));
        for name in ["CARGO_CFG_UNIX", "CARGO_MAKEFLAGS", "RUSTC", "RUSTC_WORKSPACE_WRAPPER"] {
            assert!(env::var_os(name).is_none(), "{name} of the build that waits for it");
        }
        let log = fs::File::options().create(true).append(true).open(r"<log>");
        log.unwrap().write_all(b"run\n").unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let read = |input| fs::read_to_string(root.join("openapi").join(input)).unwrap();
        let inputs = [read("document.yaml"), read("overlay.yaml")].join(", ");
        if inputs.contains("broken") {
            eprintln!("error: openapi/document.yaml: /paths: expected a mapping");
            process::exit(1);
        }
        let mut fingerprint = fingerprint::of(root).unwrap();
        if inputs.contains("forgotten") {
            fingerprint = "0123456789abcdef".to_owned();
        }
        let line = format!("{}{fingerprint}", fingerprint::LABEL);
        let code = format!("// @generated\n{line}\npub const INPUTS: &str = {inputs:?};\n");
        let file = root.join(fingerprint::FILE);
        let new = file.with_extension(process::id().to_string());
        fs::write(&new, code).unwrap();
        fs::rename(new, file).unwrap();
    }
"#;

const OLD: &str = "the document, the overlay";
const NEW: &str = "the new document, the overlay";

/// A checkout of a small repository of the same shape as this one.
struct Checkout {
    directory: TempDir,
    root: PathBuf,
}

impl Checkout {
    /// One whose generated code was made from its inputs.
    fn current() -> Self {
        let directory = TempDir::new().unwrap();
        let root = directory.path().join("checkout");
        let log = directory.path().join("log");
        let checkout = Self { directory, root };
        for (path, text) in FILES {
            checkout.write(path, &text.replace("<log>", log.to_str().unwrap()));
        }
        checkout.passes(&mut checkout.cargo("generate-lockfile --offline"));
        let line = fingerprint::LABEL.to_owned() + &fingerprint::of(&checkout.root).unwrap();
        let code = format!("// @generated\n{line}\npub const INPUTS: &str = {OLD:?};\n");
        checkout.write(fingerprint::FILE, &code);
        checkout
    }

    /// One whose document was edited since.
    fn stale() -> Self {
        let checkout = Self::current();
        checkout.write("openapi/document.yaml", "the new document");
        checkout
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn remove(&self, directory: &str) {
        fs::remove_dir_all(self.root.join(directory)).unwrap();
    }

    /// What lies in a directory, by name.
    fn list(&self, directory: &str) -> Vec<String> {
        let entries = fs::read_dir(self.root.join(directory)).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names = names.collect::<Vec<_>>();
        names.sort();
        names
    }

    /// Makes the crate one that compiles only if the generated code was made from `inputs`.
    fn require(&self, inputs: &str) {
        let condition = format!("const _: () = assert!(matches!(INPUTS.as_bytes(), b{inputs:?}));");
        self.write("sdk/src/lib.rs", &(LIBRARY.to_owned() + &condition));
    }

    /// An application outside of the checkout, which prints the inputs that it was built with.
    fn application(&self, dependency: &str) -> PathBuf {
        let manifest = "workspace = {}\npackage = { name = 'application', edition = '2024' }\n";
        let dependency = format!("dependencies.askui-workspaces = {{ {dependency} }}\n");
        self.write("../application/Cargo.toml", &(manifest.to_owned() + &dependency));
        let main = r#"fn main() { println!("{}", askui_workspaces::INPUTS) }"#;
        self.write("../application/src/main.rs", main);
        self.directory.path().join("application")
    }

    /// A command in the checkout, untouched by the settings of whoever runs these tests.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            if FOREIGN.split(' ').any(|prefix| text.starts_with(prefix)) {
                command.env_remove(&name);
            }
        }
        command
            .current_dir(&self.root)
            .env("CARGO_HOME", self.directory.path().join("home"))
            .env("GIT_CONFIG_GLOBAL", self.directory.path().join("none"));
        command
    }

    fn cargo(&self, arguments: &str) -> Command {
        let mut cargo = self.command(env!("CARGO"));
        cargo.args(arguments.split(' '));
        cargo
    }

    /// Runs a command to its end, which must come within `LIMIT`; returns what it printed, as an error if it failed.
    fn run(&self, command: &mut Command) -> Result<String, String> {
        // A file, because a nested build that is left behind would keep a pipe open.
        let mut file = tempfile::tempfile_in(self.directory.path()).unwrap();
        let [stdout, stderr] = [(); 2].map(|()| file.try_clone().unwrap());
        let command = command.stdin(Stdio::null()).stdout(stdout).stderr(stderr);
        let mut child = command.spawn().unwrap();
        let start = Instant::now();
        let status = loop {
            let status = child.try_wait().unwrap();
            if status.is_some() || start.elapsed() > LIMIT {
                break status;
            }
            thread::sleep(Duration::from_millis(10));
        };
        let mut output = String::new();
        file.rewind().unwrap();
        file.read_to_string(&mut output).unwrap();
        match status {
            Some(status) if status.success() => Ok(output),
            Some(_) => Err(output),
            None => {
                child.kill().unwrap();
                panic!("{command:?} hangs:\n{output}");
            }
        }
    }

    #[track_caller]
    fn passes(&self, command: &mut Command) -> String {
        let result = self.run(command);
        result.unwrap_or_else(|output| panic!("{command:?} failed:\n{output}"))
    }

    /// How often the generator ran.
    fn runs(&self) -> usize {
        let log = fs::read_to_string(self.directory.path().join("log"));
        log.unwrap_or_default().lines().count()
    }
}

#[track_caller]
fn assert_shows(output: &str, part: &str) {
    assert!(output.contains(part), "no `{part}` in:\n{output}");
}

/// That `cargo --verbose` found nothing to do for the crate, and did not run its script.
#[track_caller]
fn assert_fresh(output: &str) {
    assert_shows(output, "Fresh askui-workspaces");
    for work in ["Compiling", "Checking", "build-script-build`"] {
        assert!(!output.contains(work), "`{work}` in:\n{output}");
    }
}

fn host() -> String {
    let version = Command::new(env!("CARGO")).arg("-vV").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.unwrap().to_owned()
}

/// In a stale checkout, a command compiles the new code, which it generates once; and again, it does nothing at all.
fn regenerates(arguments: &str, variable: &str, config: &str) {
    println!("{arguments} | {variable} | {config}");
    let checkout = Checkout::stale();
    checkout.require(NEW);
    checkout.write(".cargo/config.toml", config);
    let mut command = checkout.cargo(arguments);
    command.envs(variable.split_once('='));
    checkout.passes(&mut command);
    assert_fresh(&checkout.passes(command.arg("--verbose")));
    assert_eq!(checkout.runs(), 1);
}

#[test]
fn every_kind_of_build_regenerates() {
    for arguments in "build, build --offline, build --release, check, test".split(", ") {
        regenerates(arguments, "", "");
    }
    let checkout = Checkout::current();
    let clippy = checkout.run(&mut checkout.cargo("clippy --version"));
    if clippy.is_ok() {
        regenerates("clippy", "", "");
    } else {
        println!("skipped: clippy is not installed");
    }
}

#[test]
fn no_variable_gets_in_the_way() {
    let host = host();
    regenerates("build", "CARGO_TARGET_DIR=another", "");
    regenerates("build", "CARGO_BUILD_BUILD_DIR=intermediate", "");
    regenerates("build", &format!("CARGO_BUILD_TARGET={host}"), "");
    regenerates("build", "CI=false", "");
    regenerates("build", "RUSTFLAGS=--cfg waiting_build", "");
    #[cfg(unix)] // As a wrapper, `env` runs the compiler as it is.
    regenerates("build", "RUSTC_WRAPPER=env", "");
}

#[test]
fn no_setting_gets_in_the_way() {
    let for_host = format!("build --target {}", host());
    regenerates("build", "", "build.build-dir = 'intermediate'");
    regenerates("build", "", "build.target-dir = 'another'");
    regenerates("build", "", "build.rustflags = '--cfg waiting_build'");
    // The flag is for the waiting build alone, and the generator cannot run on that target.
    regenerates(&for_host, "", "build.target = 'wasm32-unknown-unknown'");
}

#[test]
fn every_input_counts_and_so_does_the_generated_file() {
    let checkout = Checkout::current();
    let expect = |inputs, runs| {
        checkout.require(inputs);
        checkout.passes(&mut checkout.cargo("build"));
        assert_eq!(checkout.runs(), runs);
    };
    expect(OLD, 0);
    checkout.write("openapi/overlay.yaml", "the new overlay");
    expect("the document, the new overlay", 1);
    checkout.write("openapi/another.yaml", "");
    expect("the document, the new overlay", 2);
    fs::remove_file(checkout.root.join("openapi/another.yaml")).unwrap();
    expect("the document, the new overlay", 3);
    checkout.write(
        "generator/Cargo.toml",
        "package = { name = 'progenitor-impl', edition = '2024' }",
    );
    checkout.write("generator/src/lib.rs", "");
    checkout.write("Cargo.toml", &WORKSPACE.replace("'xtask'", "'xtask', 'generator'"));
    expect("the document, the new overlay", 4);
    // Rewritten as it was: the script runs, finds nothing changed, and watches the generated file from now on.
    checkout.write("openapi/overlay.yaml", "the new overlay");
    expect("the document, the new overlay", 4);
    fs::remove_file(checkout.root.join(fingerprint::FILE)).unwrap();
    expect("the document, the new overlay", 5);
}

#[test]
fn what_is_current_is_not_generated() {
    for ci in ["", "true"] {
        let checkout = Checkout::current();
        checkout.require(OLD);
        let mut build = checkout.cargo("build --verbose");
        assert_shows(&checkout.passes(build.env("CI", ci)), "build-script-build`");
        assert_fresh(&checkout.passes(&mut build));
        assert_eq!(checkout.runs(), 0);
    }
}

#[test]
fn the_generator_is_compiled_once_for_all_profiles_and_within_the_target_directory() {
    let checkout = Checkout::stale();
    let before = checkout.list(".");
    checkout.passes(&mut checkout.cargo("build"));
    checkout.write("openapi/document.yaml", "the newest document");
    checkout.passes(&mut checkout.cargo("build --release"));
    assert_eq!(checkout.runs(), 2);
    let generator = checkout.root.join("target/askui-workspaces-xtask");
    assert!(generator.join("debug").exists() && !generator.join("release").exists());
    checkout.remove("target");
    assert_eq!(checkout.list("."), before);
}

#[test]
fn a_target_directory_that_cargo_did_not_create_will_do() {
    let checkout = Checkout::stale();
    checkout.write("target/keep", "");
    checkout.passes(&mut checkout.cargo("build"));
    // Then it may be anything, so the generator's own directory is not put beside what is there.
    assert!(!checkout.root.join("target/askui-workspaces-xtask").exists());
}

#[test]
fn builds_at_the_same_time_agree() {
    let checkout = &Checkout::stale();
    checkout.require(NEW);
    thread::scope(|scope| {
        for arguments in ["build --target-dir one", "check --target-dir two"] {
            scope.spawn(move || checkout.passes(&mut checkout.cargo(arguments)));
        }
    });
    assert_eq!(checkout.list("sdk/src/generated"), ["mod.rs"]);
}

#[test]
fn in_ci_what_is_stale_fails_and_the_message_names_the_command() {
    let checkout = Checkout::stale();
    checkout.require(OLD);
    let output = checkout.run(checkout.cargo("build").env("CI", "true")).unwrap_err();
    // Directly below cargo's own line, so without the instructions that the script prints for cargo.
    assert_shows(
        &output,
        "(exit status: 1)\n  --- stderr\n  sdk/src/generated/mod.rs is out of date",
    );
    assert_shows(
        &output,
        "openapi/document.yaml, openapi/overlay.yaml and the versions in Cargo.lock",
    );
    assert_shows(&output, "Run `cargo xtask generate` and commit");
    // Nothing was written, so the code is as it was for a build that leaves it alone.
    checkout.passes(checkout.cargo("build").env("DOCS_RS", "1"));
    assert_eq!(checkout.runs(), 0);
}

#[test]
fn a_generator_that_fails_fails_the_build_with_its_own_message() {
    let checkout = Checkout::current();
    checkout.write("openapi/document.yaml", "broken");
    let output = checkout.run(&mut checkout.cargo("build")).unwrap_err();
    assert_shows(
        &output,
        "--- stderr\n  error: openapi/document.yaml: /paths: expected a mapping\n",
    );
    assert_shows(&output, "`cargo xtask generate` failed (exit status: 1)");
    checkout.write("openapi/document.yaml", "forgotten");
    let output = checkout.run(&mut checkout.cargo("build")).unwrap_err();
    assert_shows(&output, "sdk/src/generated/mod.rs is still out of date");
    checkout.write("openapi/document.yaml", "the new document");
    checkout.require(NEW);
    checkout.passes(&mut checkout.cargo("build"));
    assert_eq!(checkout.runs(), 3);
}

#[test]
fn what_is_no_checkout_is_left_alone() {
    let cases: [fn(&Checkout, &mut Command); 8] = [
        |checkout, _| checkout.write(".cargo-ok", ""),
        |checkout, _| checkout.write(".cargo-checksum.json", "{}"),
        |checkout, _| checkout.write("sdk/.cargo-checksum.json", "{}"),
        |_, build| _ = build.env("DOCS_RS", "1"),
        |_, build| _ = build.env("DOCS_RS", "1").env("CI", "true"),
        |_, build| _ = build.env("ASKUI_WORKSPACES_REGENERATING", "1"),
        |checkout, _| checkout.remove("openapi"),
        |checkout, _| {
            checkout.remove("xtask");
            checkout.write("Cargo.toml", &WORKSPACE.replace(", 'xtask'", ""));
        },
    ];
    for (case, prepare) in cases.iter().enumerate() {
        println!("case {case}");
        let checkout = Checkout::stale();
        checkout.require(OLD);
        let mut build = checkout.cargo("build");
        prepare(&checkout, &mut build);
        checkout.passes(&mut build);
        assert_fresh(&checkout.passes(build.arg("--verbose")));
        assert_eq!(checkout.runs(), 0);
    }
}

#[test]
fn a_git_dependency_and_a_vendored_one_are_left_alone() {
    let checkout = Checkout::stale();
    for arguments in ["init --quiet", "add .", "commit --quiet --message=stale"] {
        let mut git = checkout.command("git");
        git.args(["-c", "user.name=nobody", "-c", "user.email=nobody@example.com"]);
        checkout.passes(git.args(arguments.split(' ')));
    }
    let application = checkout.application(&format!("git = 'file://{}'", checkout.root.display()));
    let run = |arguments| checkout.passes(checkout.cargo(arguments).current_dir(&application));
    assert_shows(&run("run"), OLD);

    let output = run("vendor");
    let config = &output[output.find("[source").unwrap()..];
    checkout.write("../application/.cargo/config.toml", config);
    checkout.remove("../application/target");
    let output = run("run --offline --verbose");
    assert_shows(&output, "vendor/askui-workspaces/src/lib.rs");
    assert_shows(&output, OLD);
    assert_eq!(checkout.runs(), 0);
}

#[test]
fn a_path_dependency_is_a_checkout() {
    let checkout = Checkout::stale();
    let application = checkout.application("path = '../checkout/sdk'");
    let output = checkout.passes(checkout.cargo("run").current_dir(application));
    assert_shows(&output, NEW);
    assert_eq!(checkout.runs(), 1);
}

#[test]
fn the_package_has_no_build_script() {
    let checkout = Checkout::current();
    let package = "package --package askui-workspaces --offline --allow-dirty";
    let list = checkout.passes(checkout.cargo(package).args(["--no-verify", "--list"]));
    let has = |file| list.lines().any(|line| line == file);
    assert!(has("src/generated/mod.rs") && !has("build.rs") && !has("fingerprint.rs"));
    // Verified: it builds on its own, from a manifest that stays in the target directory.
    checkout.passes(&mut checkout.cargo(package));
    let manifest = "target/package/askui-workspaces-0.0.0/Cargo.toml";
    let manifest = fs::read_to_string(checkout.root.join(manifest)).unwrap();
    assert!(manifest.contains("\nbuild = false\n"), "{manifest}");
}
