//! `cargo xtask`: the repository's own commands.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use lexopt::{Arg, ValueExt as _};
use xtask::{
    diagnostic::{Diagnostic, Faults},
    explain,
    lower::Note,
    report::Effect,
    update::{Document, Update},
};

const USAGE: &str = "\
Usage: cargo xtask generate [--check] [--root DIR]
       cargo xtask update FILE [--dry-run] [--root DIR]
       cargo xtask explain [POINTER] [--root DIR]

generate  writes sdk/src/generated/ from openapi/
update    takes the vendor's new document (JSON, YAML, or its page in Markdown; - for the standard input): prints what
          changes for callers of the SDK and the version that this asks for, replaces the document in openapi/, generates
explain   prints what becomes of the place POINTER in the vendor's document (a JSON pointer: '#/components/schemas/Pet',
          '/paths/~1pets/get'), with the notes on it; without a pointer, the whole document as it is generated from

  --check     write nothing; print what would change and exit with 1 if something would
  --dry-run   write nothing; print what would change and tell it by the exit code
  --root DIR  the repository, if it is not the one that this was built in

Exit codes:
  0  done; with --dry-run: nothing changes for callers
  1  refused, and nothing was written (or not all of it: the message says so); with --check: not current
  2  the command line is wrong
  3  with --dry-run: something changes for callers, and breaks nothing
  4  with --dry-run: something changes that breaks callers
";

/// What is to be done.
enum Command {
    Generate { check: bool },
    Update { file: PathBuf, dry_run: bool },
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
    let done = match command {
        Command::Generate { check } => generate(&root, check),
        Command::Update { file, dry_run } => update(&root, &file, dry_run),
        Command::Explain { pointer } => explain(&root, pointer.as_deref()),
    };
    done.unwrap_or_else(|faults| {
        for fault in &faults {
            eprintln!("{fault}\n");
        }
        ExitCode::FAILURE
    })
}

/// The repository's root, and what is to be done there.
fn arguments() -> Result<(PathBuf, Command), lexopt::Error> {
    let mut arguments = lexopt::Parser::from_env();
    let mut root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let name = match arguments.next()? {
        Some(Arg::Value(name)) => name.string()?,
        Some(other) => return Err(other.unexpected()),
        None => return Err("no command".into()),
    };
    let (mut check, mut dry_run, mut operand) = (false, false, None);
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("root") => root = arguments.value()?.into(),
            Arg::Long("check") if name == "generate" => check = true,
            Arg::Long("dry-run") if name == "update" => dry_run = true,
            Arg::Value(value) if name != "generate" && operand.is_none() => operand = Some(value),
            other => return Err(other.unexpected()),
        }
    }
    let command = match name.as_str() {
        "generate" => Command::Generate { check },
        "update" => Command::Update {
            file: operand.ok_or("no FILE")?.into(),
            dry_run,
        },
        "explain" => Command::Explain {
            pointer: operand.map(lexopt::ValueExt::string).transpose()?,
        },
        _ => return Err(format!("unknown command {name:?}").into()),
    };
    Ok((root, command))
}

fn generate(root: &Path, check: bool) -> Result<ExitCode, Faults> {
    let (files, notes) = xtask::client(root).inspect_err(|_| eprintln!("nothing was written:\n"))?;
    tell(&notes);
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
    Ok(ExitCode::SUCCESS)
}

fn update(root: &Path, file: &Path, dry_run: bool) -> Result<ExitCode, Faults> {
    let update = Document::read(file)
        .map_err(|fault| vec![fault])
        .and_then(|document| Update::of(document, root))
        .inspect_err(|_| eprintln!("nothing was written:\n"))?;
    tell(&update.notes);
    let written = if dry_run {
        "nothing was written".into()
    } else {
        update.write().map_err(|fault| vec![fault])?
    };
    print(&format!("{update}{written}\n"));
    Ok(match update.report.effect() {
        Effect::Documentation | Effect::Compatible if dry_run => ExitCode::from(3),
        Effect::Breaking if dry_run => ExitCode::from(4),
        _ => ExitCode::SUCCESS,
    })
}

fn explain(root: &Path, pointer: Option<&str>) -> Result<ExitCode, Faults> {
    let explanation = explain::explain(root, pointer)?;
    print(&explanation.text);
    tell(&explanation.notes);
    Ok(ExitCode::SUCCESS)
}

/// Prints what a command was asked for. Who reads it may stop reading.
fn print(text: &str) {
    let _ = io::stdout().write_all(text.as_bytes());
}

fn tell(notes: &[Note]) {
    for note in notes {
        eprintln!("{note}");
    }
}
