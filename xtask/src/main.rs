//! `cargo xtask`: the repository's own commands.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use lexopt::Arg;
use xtask::diagnostic::{Diagnostic, Faults};

const USAGE: &str = "\
Usage: cargo xtask generate [--check] [--root DIR]

Generates sdk/src/generated/ from openapi/.

  --check     write nothing; print what would change and exit with 1 if something would
  --root DIR  the repository, if it is not the one that this was built in
";

fn main() -> ExitCode {
    let (root, check) = match arguments() {
        Ok(arguments) => arguments,
        Err(error) => {
            eprint!("error: {error}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match generate(&root, check) {
        Ok(()) => ExitCode::SUCCESS,
        Err(faults) => {
            for fault in &faults {
                eprintln!("{fault}\n");
            }
            ExitCode::FAILURE
        }
    }
}

/// The repository's root, and whether it is only to be checked.
fn arguments() -> Result<(PathBuf, bool), lexopt::Error> {
    let mut arguments = lexopt::Parser::from_env();
    let mut root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut check = false;
    match arguments.next()? {
        Some(Arg::Value(command)) if command == "generate" => {}
        Some(other) => return Err(other.unexpected()),
        None => return Err("no command".into()),
    }
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("check") => check = true,
            Arg::Long("root") => root = arguments.value()?.into(),
            other => return Err(other.unexpected()),
        }
    }
    Ok((root, check))
}

fn generate(root: &Path, check: bool) -> Result<(), Faults> {
    let (files, notes) = xtask::client(root).inspect_err(|_| eprintln!("nothing was written:\n"))?;
    for note in notes {
        eprintln!("{note}");
    }
    if check {
        let diff = files.diff().map_err(|fault| vec![fault])?;
        if !diff.is_empty() {
            // Who reads the diff may stop reading.
            let _ = io::stdout().write_all(diff.as_bytes());
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
