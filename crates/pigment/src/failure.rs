//! How a command ends when it does not end well, and what its exit status says.

use std::fmt;
use std::path::PathBuf;

/// A command that did not reach its end. Exit status: 1 the run ended with a fault or out of tolerance; 2 the input is
/// wrong; 130 a person stopped it.
#[derive(Debug)]
pub enum Failure {
    /// Something the user gave is wrong; the text names the file, the place and a way out.
    Input(String),
    /// The run ended with a fault or out of tolerance.
    Run(String),
    /// A command that belongs to a later version.
    NotYet(&'static str),
    /// Ctrl-C: withdrawn, journal closed.
    Stopped,
    /// Ctrl-C before anything was begun that has to be put down again.
    Cancelled,
}

impl Failure {
    /// An input error about one file.
    pub fn file(path: impl Into<PathBuf>, why: impl fmt::Display) -> Self {
        Self::Input(format!("{}: {why}", path.into().display()))
    }

    /// For the shell.
    pub const fn status(&self) -> u8 {
        match self {
            Self::Run(_) => 1,
            Self::Input(_) | Self::NotYet(_) => 2,
            Self::Stopped | Self::Cancelled => 130,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(why) | Self::Run(why) => f.write_str(why),
            Self::NotYet(what) => write!(f, "`pigment {what}` is not there yet; `pigment --help` lists what is"),
            Self::Stopped => f.write_str("stopped: needle withdrawn, journal closed"),
            Self::Cancelled => f.write_str("stopped: nothing written"),
        }
    }
}

impl std::error::Error for Failure {}
