//! Shows the current stage on a terminal.

use std::io::{self, IsTerminal as _, Write as _};

/// A line that says which stage is under way; nothing in a pipe.
pub(crate) struct Progress {
    is_shown: bool,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            is_shown: io::stderr().is_terminal(),
        }
    }
}

impl Progress {
    /// Says that a stage begins, in the place of the one before.
    pub(crate) fn show(&self, stage: &str) {
        self.write(&format!("\r\x1b[K{stage} …"));
    }

    /// Leaves no trace.
    pub(crate) fn clear(&self) {
        self.write("\r\x1b[K");
    }

    fn write(&self, text: &str) {
        if self.is_shown {
            let mut stderr = io::stderr();
            let _ = stderr.write_all(text.as_bytes());
            let _ = stderr.flush();
        }
    }
}
