//! What is wrong with an input: where, why, and what to do about it.

use std::fmt;

use crate::pointer::Pointer;

/// One fault of one input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    message: String,
    help: Option<String>,
    file: Option<String>,
    pointer: Option<Pointer>,
    line: Option<usize>,
}

impl Diagnostic {
    /// A fault, in a sentence without a full stop.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: None,
            file: None,
            pointer: None,
            line: None,
        }
    }

    /// Where in the document it is.
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

    /// Where in the document it is, if that is known.
    #[must_use]
    pub fn pointer(&self) -> Option<&Pointer> {
        self.pointer.as_ref()
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.message)?;
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

/// Every fault that was found, never empty.
pub type Faults = Vec<Diagnostic>;
