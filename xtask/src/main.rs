//! `cargo xtask`: the repository's own commands.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use xtask::diagnostic::{Diagnostic, Faults};

const USAGE: &str = "\
Usage: cargo xtask generate [--check] [--root DIR]

Generates sdk/src/generated/ from openapi/.

  --check     write nothing; print what would change and exit with 1 if something would
  --root DIR  the repository, if it is not the one that this was built in
";

fn main() -> ExitCode {
    let arguments = std::env::args().skip(1).collect::<Vec<_>>();
    let mut arguments = arguments.iter().map(String::as_str);
    let Some("generate") = arguments.next() else {
        eprint!("{USAGE}");
        return ExitCode::from(2);
    };
    let mut check = false;
    let mut root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    while let Some(argument) = arguments.next() {
        match (argument, argument == "--root") {
            ("--check", _) => check = true,
            (_, true) => match arguments.next() {
                Some(folder) => root = PathBuf::from(folder),
                None => {
                    eprint!("{USAGE}");
                    return ExitCode::from(2);
                }
            },
            _ => {
                eprint!("{USAGE}");
                return ExitCode::from(2);
            }
        }
    }

    match generate(&root, check) {
        Ok(()) => ExitCode::SUCCESS,
        Err(faults) => {
            for fault in &faults {
                eprintln!("{fault}\n");
            }
            eprintln!("nothing was written");
            ExitCode::FAILURE
        }
    }
}

fn generate(root: &Path, check: bool) -> Result<(), Faults> {
    let (files, notes) = xtask::client(root)?;
    for note in notes {
        eprintln!("{note}");
    }
    if check {
        let diff = files.diff().map_err(|fault| vec![fault])?;
        if !diff.is_empty() {
            print!("{diff}");
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
