//! Prints the public API that the rustdoc JSON in FILE describes, one line an item, for `.ci/public-api`. It is a package
//! of its own, so that neither the generator nor this builds what only the other needs.
//!
//! Exits with 3 if the format of FILE is one that this does not know.

use std::{collections::HashSet, env, process::ExitCode};

use public_api::{Builder, Error, PublicItem, tokens::Token};

fn main() -> ExitCode {
    let Some(file) = env::args_os().nth(1) else {
        eprintln!("Usage: xtask-public-api FILE");
        return ExitCode::from(2);
    };
    let built = Builder::from_rustdoc_json(file)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .build();
    let api = match built {
        Ok(api) => api,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(if matches!(error, Error::SerdeJsonError(_)) {
                3
            } else {
                1
            });
        }
    };

    let implementations: HashSet<_> = api
        .items()
        .filter(|item| implements(item))
        .map(PublicItem::id)
        .collect();
    // What converts one type into another stands at both.
    let mut printed = HashSet::new();
    for item in api.items() {
        let line = item.to_string();
        // The line of an implementation says it all, but for its associated types.
        let is_told =
            item.parent_id().is_some_and(|parent| implementations.contains(&parent)) && !line.starts_with("pub type ");
        // The compiler's own mark on what derives `PartialEq`.
        let is_mark = line.contains(" core::marker::StructuralPartialEq for ");
        if !is_told && !is_mark && printed.insert(line.clone()) {
            println!("{line}");
        }
    }
    ExitCode::SUCCESS
}

/// Whether an item is the implementation of a trait, and not one of a type's own functions.
fn implements(item: &PublicItem) -> bool {
    let mut tokens = item.tokens();
    matches!(tokens.next(), Some(Token::Keyword(first)) if first == "impl")
        && tokens.any(|token| matches!(token, Token::Keyword(other) if other == "for"))
}
