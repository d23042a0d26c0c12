//! `cargo xtask`: the repository's own commands.

mod progress;

use std::{
    collections::BTreeMap,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use clap::{Parser, Subcommand};
use progress::Progress;
use xtask::{
    explain,
    generate::{self, Generated, Options},
    input::{
        diagnostic::{Diagnostic, Errors, Note},
        rule::Rule,
    },
    report::Effect,
    update::{Description, Update},
};

const EXIT_CODES: &str = "\
Exit codes:
  0  done; with --dry-run: nothing changes for callers
  1  refused, and nothing was written (or not everything: the message says so); with --check: not current
  2  the command line is wrong
  3  with --dry-run: something changes for callers, and breaks nothing
  4  with --dry-run: something changes that breaks callers";

/// Generates the SDK's client from the vendor's OpenAPI description.
#[derive(Parser)]
#[command(name = "xtask", bin_name = "cargo xtask", version, after_help = EXIT_CODES, arg_required_else_help = true)]
struct CommandLine {
    /// The repository, if it is not the one that this was built in.
    #[arg(long, global = true, value_name = "DIR", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/.."), hide_default_value = true)]
    root: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write sdk/src/generated/ from what is in openapi/.
    #[command(after_help = EXIT_CODES)]
    Generate {
        /// Write nothing; print what would change, and fail if anything would.
        #[arg(long)]
        check: bool,
        /// Fail if anything cannot be expressed, instead of leaving it out with a note.
        #[arg(long)]
        strict: bool,
    },
    /// Replace the description by the vendor's new one and generate; print what changes for callers, and the version that asks for.
    #[command(after_help = EXIT_CODES)]
    Update {
        /// The new description: JSON, YAML, or the vendor's page in Markdown; `-` for the standard input.
        file: PathBuf,
        /// Write nothing; say by the exit code what would change.
        #[arg(long)]
        dry_run: bool,
        /// Fail if anything cannot be expressed, instead of leaving it out with a note.
        #[arg(long)]
        strict: bool,
    },
    /// Print what a place in the description becomes, with the notes on it.
    Explain {
        /// A JSON pointer such as '#/components/schemas/Pet' or '/paths/~1pets/get'; everything, if there is none.
        pointer: Option<String>,
    },
}

fn main() -> ExitCode {
    let CommandLine { root, command } = CommandLine::parse();
    let done = match command {
        Command::Generate { check, strict } => generate(&root, check, strict),
        Command::Update { file, dry_run, strict } => update(&root, &file, dry_run, strict),
        Command::Explain { pointer } => explain(&root, pointer.as_deref()),
    };
    done.unwrap_or_else(|errors| {
        for error in &errors {
            eprintln!("{error}\n");
        }
        ExitCode::FAILURE
    })
}

fn generate(root: &Path, check: bool, is_strict: bool) -> Result<ExitCode, Errors> {
    let begun = Instant::now();
    let progress = Progress::default();
    let options = Options {
        is_strict,
        on_stage: &|stage| progress.show(stage),
    };
    let client = generate::client(root, options);
    progress.clear();
    let (files, generated) = client.inspect_err(|_| eprintln!("nothing was written:\n"))?;
    print_notes(&generated.notes);
    let did = if check {
        let diff = files.diff().map_err(|error| vec![error])?;
        if !diff.is_empty() {
            print(&diff);
            let message = "the generated code is not what the description and the overlay give";
            let error = Diagnostic::new(Rule::StaleCode, message).in_file("sdk/src/generated/");
            let help = "run `cargo xtask generate` and commit the result; corrections go into openapi/overlay.yaml";
            return Err(vec![error.help(help)]);
        }
        format!("{} files are current,", generated.code.len())
    } else {
        let written = files.write().map_err(|error| vec![error])?;
        format!("wrote {written} of {} files", generated.code.len())
    };
    print(&summary(&generated, &did, begun));
    Ok(ExitCode::SUCCESS)
}

fn update(root: &Path, file: &Path, dry_run: bool, is_strict: bool) -> Result<ExitCode, Errors> {
    let begun = Instant::now();
    let progress = Progress::default();
    let options = Options {
        is_strict,
        on_stage: &|stage| progress.show(stage),
    };
    let update = Description::read(file)
        .map_err(|error| vec![error])
        .and_then(|description| Update::of(description, root, options));
    progress.clear();
    let update = update.inspect_err(|_| eprintln!("nothing was written:\n"))?;
    print_notes(&update.notes);
    let written = if dry_run {
        "nothing was written,".into()
    } else {
        update.write().map_err(|error| vec![error])?
    };
    print(&format!("{update}{}", summary(&update.generated, &written, begun)));
    Ok(match update.report.effect() {
        Effect::Documentation | Effect::Compatible if dry_run => ExitCode::from(3),
        Effect::Breaking if dry_run => ExitCode::from(4),
        _ => ExitCode::SUCCESS,
    })
}

fn explain(root: &Path, pointer: Option<&str>) -> Result<ExitCode, Errors> {
    let explanation = explain::explain(root, pointer)?;
    print(&explanation.text);
    print_notes(&explanation.notes);
    Ok(ExitCode::SUCCESS)
}

/// What was generated, in one line.
fn summary(generated: &Generated, did: &str, begun: Instant) -> String {
    let count = |count: usize, one: &str| {
        let several = if count == 1 { "" } else { "s" };
        format!("{count} {one}{several}")
    };
    let mut left_out = BTreeMap::<&str, usize>::new();
    for what in generated.notes.iter().filter_map(Note::left_out) {
        *left_out.entry(what).or_default() += 1;
    }
    let operations = left_out.remove("operation");
    let others = left_out.into_iter().map(|(what, number)| count(number, what));
    let others = others.collect::<Vec<_>>().join(", ");
    let omitted = match operations {
        None if others.is_empty() => String::new(),
        None => format!(" ({others} left out)"),
        Some(operations) if others.is_empty() => format!(" ({operations} left out)"),
        Some(operations) => format!(" ({operations} left out, and {others})"),
    };
    format!(
        "{}{omitted}, {}: {did} in {} ms\n",
        count(generated.api.operations.len(), "operation"),
        count(generated.api.types.len(), "type"),
        begun.elapsed().as_millis()
    )
}

/// Prints what a command was asked for. Who reads it may stop reading.
fn print(text: &str) {
    let _ = io::stdout().write_all(text.as_bytes());
}

fn print_notes(notes: &[Note]) {
    for note in notes {
        eprintln!("{note}");
    }
}
