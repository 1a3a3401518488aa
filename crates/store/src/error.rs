//! What can go wrong with a data file, named for what the caller can do about it.

use sqlx::migrate::MigrateError;

/// A data file could not do what was asked. The sentences are for people and say what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No room on the disk.
    #[error("The disk is full, so nothing more can be saved. Free some space; no restart is needed.")]
    Full,
    /// Something else holds the file for longer than we wait.
    #[error(
        "Another program holds the data file. Close it (a second Countersign, a backup, a database viewer) and \
         try again."
    )]
    Busy,
    /// The file is damaged, or no data file of ours.
    #[error(
        "The data file cannot be read: {0}. Quit Countersign, put a copy of the file in its place or move it \
         away to begin anew, then start again."
    )]
    Corrupt(String),
    /// A newer program wrote the file.
    #[error(
        "The data file was written by a newer Countersign: its version is {found}, this program knows {known}. \
         Install the newer program, or put back the copy that it made beside the file before it changed it."
    )]
    Newer {
        /// Version of the file.
        found: i64,
        /// Newest version this program knows.
        known: i64,
    },
    /// There is no such thing; the word says what was looked for.
    #[error("There is no such {0}.")]
    NotFound(&'static str),
    /// The suggestion is no longer open.
    #[error("This suggestion has been decided already.")]
    AlreadyDecided,
    /// The decision was taken back before.
    #[error("This decision has been undone already.")]
    AlreadyUndone,
    /// The decision can no longer be taken back.
    #[error("It is too late to undo this: it is being carried out, or another decision followed.")]
    TooLate,
    /// The stored state is not the one that the change starts from.
    #[error("Something else changed this at the same moment. Look at it again.")]
    Conflict,
    /// A rule of the tables does not allow it: a fault of the program.
    #[error("The data file refused the change: {0}.")]
    Constraint(String),
    /// The operating system does not let us read or write the file.
    #[error(
        "The data file cannot be opened or written: {0}. Check that the folder exists, that it is on a local \
         disk with room left, and that you may write to it."
    )]
    Io(String),
    /// Anything else: a fault of the program.
    #[error("Something unexpected happened with the data file: {0}.")]
    Internal(String),
}

// Primary result codes of SQLite; the extended ones carry them in the lowest byte.
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const READONLY: i32 = 8;
const IOERR: i32 = 10;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const CANTOPEN: i32 = 14;
const CONSTRAINT: i32 = 19;
const NOTADB: i32 = 26;
/// No room for the index of the write-ahead log: how a full disk shows when a file is opened.
const SHMSIZE: i32 = IOERR | (19 << 8);

impl From<sqlx::Error> for StoreError {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the enum is open; the rest are faults of the program"
    )]
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(error) => {
                let code = error.code().and_then(|code| code.parse::<i32>().ok()).unwrap_or(0);
                let message = error.message().to_owned();
                match code & 0xff {
                    _ if code == SHMSIZE => Self::Full,
                    FULL => Self::Full,
                    BUSY | LOCKED => Self::Busy,
                    CORRUPT | NOTADB => Self::Corrupt(message),
                    IOERR | READONLY | CANTOPEN => Self::Io(format!("{message}, code {code}")),
                    CONSTRAINT => Self::Constraint(message),
                    _ => Self::Internal(message),
                }
            }
            sqlx::Error::PoolTimedOut => Self::Busy,
            sqlx::Error::Io(error) => error.into(),
            error @ (sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)) => {
                Self::Corrupt(error.to_string())
            }
            sqlx::Error::Migrate(error) => (*error).into(),
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::StorageFull { Self::Full } else { Self::Io(error.to_string()) }
    }
}

impl From<MigrateError> for StoreError {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the enum is open; the rest are faults of the program"
    )]
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            other => Self::Internal(other.to_string()),
        }
    }
}
