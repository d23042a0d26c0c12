//! `cargo xtask`: the repository's own commands.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use lexopt::{Arg, ValueExt as _};
use xtask::{
    diagnostic::{Diagnostic, Faults},
    explain::explain,
    update::update,
};

const USAGE: &str = "\
Usage: cargo xtask generate [--check]
       cargo xtask update FILE [--dry-run]
       cargo xtask explain [POINTER]

generate  writes sdk/src/generated/ from openapi/
  --check     write nothing; print what would change and exit with 1 if something would
update    takes the document in FILE (- for standard input) in the place of the bundled one, prints what that changes
          for those who call the SDK, and generates the client anew
  --dry-run   write nothing; exit with 0 if nothing changes, with 3 if something does, with 4 if it breaks callers' code
explain   prints what becomes of the document, or of the part at a JSON pointer, and what is lost on the way

  --root DIR  the repository, if it is not the one that this was built in

Whatever is refused leaves the tree as it was, and exits with 1; a wrong option exits with 2.
";

/// Exit codes of `update --dry-run`.
const CHANGES: u8 = 3;
const BREAKS: u8 = 4;

enum Command {
    Generate { check: bool },
    Update { file: String, is_dry_run: bool },
    Explain { pointer: Option<String> },
}

fn main() -> ExitCode {
    let (root, command) = match arguments() {
        Ok(arguments) => arguments,
        Err(error) => {
            eprint!("error: {error}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let outcome = match command {
        Command::Generate { check } => generate(&root, check).map(|()| ExitCode::SUCCESS),
        Command::Update { file, is_dry_run } => update(&root, &file, is_dry_run)
            .inspect_err(|_| eprintln!("nothing was written:\n"))
            .map(|report| {
                print(&report.to_string());
                match (is_dry_run, report.changes_something(), report.is_breaking()) {
                    (true, _, true) => ExitCode::from(BREAKS),
                    (true, true, false) => ExitCode::from(CHANGES),
                    _ => ExitCode::SUCCESS,
                }
            }),
        Command::Explain { pointer } => explain(&root, pointer.as_deref()).map(|text| {
            print(&text);
            ExitCode::SUCCESS
        }),
    };
    outcome.unwrap_or_else(|faults| {
        for fault in &faults {
            eprintln!("{fault}\n");
        }
        ExitCode::FAILURE
    })
}

/// The repository's root, and what is to be done.
fn arguments() -> Result<(PathBuf, Command), lexopt::Error> {
    let mut arguments = lexopt::Parser::from_env();
    let mut root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let name = match arguments.next()? {
        Some(Arg::Value(name)) if ["generate", "update", "explain"].iter().any(|known| name == *known) => name,
        Some(other) => return Err(other.unexpected()),
        None => return Err("no command".into()),
    };
    let (mut check, mut is_dry_run, mut operand) = (false, false, None);
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("check") if name == "generate" => check = true,
            Arg::Long("dry-run") if name == "update" => is_dry_run = true,
            Arg::Long("root") => root = arguments.value()?.into(),
            Arg::Value(value) if name != "generate" && operand.is_none() => operand = Some(value.string()?),
            other => return Err(other.unexpected()),
        }
    }
    let command = match name.to_string_lossy().as_ref() {
        "update" => Command::Update {
            file: operand.ok_or("no FILE to update from")?,
            is_dry_run,
        },
        "explain" => Command::Explain { pointer: operand },
        _ => Command::Generate { check },
    };
    Ok((root, command))
}

fn generate(root: &Path, check: bool) -> Result<(), Faults> {
    let (files, notes) = xtask::client(root).inspect_err(|_| eprintln!("nothing was written:\n"))?;
    for note in notes {
        eprintln!("{note}");
    }
    if check {
        let diff = files.diff().map_err(|fault| vec![fault])?;
        if !diff.is_empty() {
            print(&diff);
            return Err(vec![
                Diagnostic::new("the generated code is not what the document and the overlay give")
                    .in_file("sdk/src/generated/")
                    .help("run `cargo xtask generate` and commit the result; corrections go into openapi/overlay.yaml"),
            ]);
        }
    } else {
        files.write().map_err(|fault| vec![fault])?;
    }
    Ok(())
}

/// Whoever reads it may stop reading.
fn print(text: &str) {
    let _ = io::stdout().write_all(text.as_bytes());
}
