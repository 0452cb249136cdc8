//! Why a file about the machine was refused. Every message names the file, the place, and a way out.

use std::path::PathBuf;

/// Why an arm, a tool or a program could not be had from a file.
#[derive(Debug, thiserror::Error)]
pub enum ArmError {
    /// The file could not be read.
    #[error("{}: cannot be read ({source}); check the path", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file could not be written.
    #[error("{}: cannot be written ({source}); choose a folder you may write to", path.display())]
    Write {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Not XML, or not URDF.
    #[error("{}: {place}: {message}; correct the file there", path.display())]
    Urdf {
        /// Which file.
        path: PathBuf,
        /// The joint or link, where it is known.
        place: String,
        /// What the parser said.
        message: String,
    },
    /// A link that something refers to is not in the file.
    #[error("{}: no link is called \"{link}\" ({wanted_by}); the links are {}", path.display(), known.join(", "))]
    NoLink {
        /// Which file.
        path: PathBuf,
        /// The missing name.
        link: String,
        /// Who asked for it.
        wanted_by: String,
        /// Names that exist, at most 12.
        known: Vec<String>,
    },
    /// Two links or two joints share a name.
    #[error("{}: {kind} \"{name}\" appears twice; rename one", path.display())]
    Twice {
        /// Which file.
        path: PathBuf,
        /// "link" or "joint".
        kind: &'static str,
        /// The shared name.
        name: String,
    },
    /// A link is the child of two joints.
    #[error("{}: link \"{link}\" hangs on two joints, {first} and {second}; an arm is a tree, remove one", path.display())]
    TwoParents {
        /// Which file.
        path: PathBuf,
        /// The child.
        link: String,
        /// One joint.
        first: String,
        /// The other.
        second: String,
    },
    /// A chain of joints leads back to where it began.
    #[error("{}: link \"{link}\" is its own ancestor; break the loop", path.display())]
    Loop {
        /// Which file.
        path: PathBuf,
        /// A link on the loop.
        link: String,
    },
    /// More than one link has no parent.
    #[error("{}: {} links have no parent ({}); join them with a fixed joint or remove the others", path.display(), roots.len(), roots.join(", "))]
    Roots {
        /// Which file.
        path: PathBuf,
        /// Their names.
        roots: Vec<String>,
    },
    /// There is no flange to be guessed.
    #[error("{}: no link is called \"tool0\" and there are {} ends ({}); name the flange", path.display(), ends.len(), ends.join(", "))]
    Flange {
        /// Which file.
        path: PathBuf,
        /// Links without children, at most 12.
        ends: Vec<String>,
    },
    /// The flange does not hang on the base.
    #[error("{}: link \"{flange}\" does not hang on link \"{base}\"; name a base on the way from the root to the flange", path.display())]
    Apart {
        /// Which file.
        path: PathBuf,
        /// The base's link.
        base: String,
        /// The flange's link.
        flange: String,
    },
    /// A joint of a kind that this project cannot move.
    #[error("{}: joint \"{joint}\" is {found}; between base and flange only revolute, continuous and fixed joints are known", path.display())]
    JointKind {
        /// Which file.
        path: PathBuf,
        /// Which joint.
        joint: String,
        /// Its kind.
        found: String,
    },
    /// A joint that follows another one.
    #[error("{}: joint \"{joint}\" mimics \"{follows}\"; coupled joints between base and flange are not known, name another base or flange", path.display())]
    Mimic {
        /// Which file.
        path: PathBuf,
        /// Which joint.
        joint: String,
        /// Whom it follows.
        follows: String,
    },
    /// Too few or too many joints.
    #[error("{}: {count} joints turn between \"{base}\" and \"{flange}\"; 1 to 7 are known, name another base or flange", path.display())]
    JointCount {
        /// Which file.
        path: PathBuf,
        /// How many.
        count: usize,
        /// The base's link.
        base: String,
        /// The flange's link.
        flange: String,
    },
    /// A number that cannot be right.
    #[error("{}: {place}: {what} is {value}; {wanted}", path.display())]
    Value {
        /// Which file.
        path: PathBuf,
        /// The joint, link or key.
        place: String,
        /// Which number.
        what: &'static str,
        /// As found.
        value: f64,
        /// What it must be.
        wanted: &'static str,
    },
    /// Not TOML, or not a tool.
    #[error("{}:{line}:{column}: {message}", path.display())]
    Toml {
        /// Which file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What is wrong and what to do.
        message: String,
    },
    /// Not a program file at all.
    #[error("{}: is not a program file; make one with `pigment plan`", path.display())]
    NotAProgram {
        /// Which file.
        path: PathBuf,
    },
    /// A program of another time.
    #[error("{}: program version {found}, this build reads {known}; plan the scene again", path.display())]
    Version {
        /// Which file.
        path: PathBuf,
        /// In the file.
        found: u16,
        /// In this build.
        known: u16,
    },
    /// The file is shorter or longer than its own header says.
    #[error("{}: {have} bytes where {want} are announced; the copy is incomplete, copy or plan again", path.display())]
    Length {
        /// Which file.
        path: PathBuf,
        /// As found.
        have: u64,
        /// As announced.
        want: u64,
    },
    /// The bytes are not the ones that were written.
    #[error("{}: the checksum does not match; the file was changed, copy or plan again", path.display())]
    Corrupt {
        /// Which file.
        path: PathBuf,
    },
    /// The bytes are whole but say something no program says.
    #[error("{}: {message}; plan the scene again", path.display())]
    Program {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
}
