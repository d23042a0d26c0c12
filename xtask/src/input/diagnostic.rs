//! Diagnostics: errors and notes, each with its rule, its place, and the next step.

use std::fmt;

use super::{pointer::Pointer, rule::Rule};

/// What to do about an error of the generator's own.
pub const BUG: &str = "this is a bug of the generator: report it, with the description";

/// One error in one input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    rule: Rule,
    message: String,
    help: Option<String>,
    file: Option<String>,
    pointer: Option<Pointer>,
    line: Option<usize>,
}

impl Diagnostic {
    /// An error, in a sentence without a full stop.
    pub fn new(rule: Rule, message: impl Into<String>) -> Self {
        Self {
            rule,
            message: message.into(),
            help: None,
            file: None,
            pointer: None,
            line: None,
        }
    }

    /// Where in the description it is.
    #[must_use]
    pub fn at(mut self, pointer: &Pointer) -> Self {
        self.pointer = Some(pointer.clone());
        self
    }

    /// Which file it is in, as a person would type its path.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// Which line of the file it is on, counted from one.
    #[must_use]
    pub fn on_line(mut self, line: Option<usize>) -> Self {
        self.line = line;
        self
    }

    /// What to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// By which rule it is reported.
    #[must_use]
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// What is wrong, alone.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Adds to what to do about it.
    #[must_use]
    pub fn or_help(mut self, help: &str) -> Self {
        self.help = Some(match self.help {
            Some(first) => format!("{first}, or {help}"),
            None => help.to_owned(),
        });
        self
    }

    /// Where in the description it is, if that is known.
    #[must_use]
    pub fn pointer(&self) -> Option<&Pointer> {
        self.pointer.as_ref()
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error[{}]: {}", self.rule, self.message)?;
        if let Some(file) = &self.file {
            write!(f, "\n  in: {file}")?;
            if let Some(line) = self.line {
                write!(f, ":{line}")?;
            }
        }
        if let Some(pointer) = &self.pointer {
            write!(f, "\n  at: {pointer}")?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n  do: {}", help.replace('\n', "\n      "))?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostic {}

/// Every error that was found, never empty.
pub type Errors = Vec<Diagnostic>;

/// Something that the description says and the client does not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    pointer: Pointer,
    rule: Rule,
    text: String,
    left_out: Option<&'static str>,
}

impl Note {
    /// A note, in a sentence without a full stop.
    pub fn new(rule: Rule, at: &Pointer, text: impl Into<String>) -> Self {
        Self {
            pointer: at.clone(),
            rule,
            text: text.into(),
            left_out: None,
        }
    }

    /// The note, of something that is left out: a noun for it.
    #[must_use]
    pub fn leaving_out(self, what: &'static str) -> Self {
        Self {
            left_out: Some(what),
            ..self
        }
    }

    /// A noun for what is left out, if something is.
    #[must_use]
    pub fn left_out(&self) -> Option<&'static str> {
        self.left_out
    }

    /// The note, of another place.
    #[must_use]
    pub fn at(self, pointer: Pointer) -> Self {
        Self { pointer, ..self }
    }

    /// Where that stands.
    #[must_use]
    pub fn pointer(&self) -> &Pointer {
        &self.pointer
    }

    /// By which rule it is reported.
    #[must_use]
    pub fn rule(&self) -> Rule {
        self.rule
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "note[{}]: {}: {}", self.rule, self.pointer, self.text)
    }
}
