//! What can go wrong with the phone's storage.

use super::whereabouts::Count;

/// Nothing here loses what was saved before; each message says what helps.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The browser has no IndexedDB here, or refuses it (private browsing, a broken profile).
    #[error(
        "the browser refuses storage ({0}); open the app in the phone's own browser, not in a private window"
    )]
    Unavailable(String),
    /// The quota is used up, or the phone's disk is full or cannot be written. (Browsers abort a transaction that finds no
    /// room while it commits, and do not always say why.)
    #[error(
        "the phone's storage is full or cannot be written; free some room, save a backup file, and try again"
    )]
    Full,
    /// The connection to the database died (the system closes those of background pages).
    #[error("the connection to the storage was closed ({0}); it is reopened at the next attempt")]
    Stale(String),
    /// Another tab, or the sender, has written meanwhile what a change rests on; the change is worked out again.
    #[error("something else wrote to the storage at the same moment; try again")]
    Changed,
    /// Removing a branch would lose what exists on this phone alone.
    #[error(
        "{} records would be lost with this phone; report them, let the photos go up, or send a backup file away first",
        .0.total()
    )]
    OnlyHere(Count),
    /// A newer version of the app, in another tab, has changed the database.
    #[error("another tab runs a newer version; close this one and open it again")]
    Newer,
    /// A stored value cannot be read.
    #[error(
        "a stored value in {table} under {key} cannot be read: {reason}; restore it from a backup or a submission"
    )]
    Unreadable {
        /// In which table.
        table: &'static str,
        /// Under which key.
        key: String,
        /// What the reader said.
        reason: String,
    },
    /// Anything else the browser says.
    #[error("the storage failed: {0}; try again, and save a backup file if it goes on")]
    Failed(String),
}
