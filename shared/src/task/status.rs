//! How far a task is: the columns of the board.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How far a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TaskStatus)]
pub enum Status {
    /// Nobody has begun.
    Open,
    /// Someone works on it.
    InProgress,
    /// It waits for something else.
    Blocked,
    /// It is looked at by others.
    InReview,
    /// It is done.
    Done,
}

impl Status {
    /// Every status, in the order of the board's columns.
    pub const ALL: [Self; 5] = [Self::Open, Self::InProgress, Self::Blocked, Self::InReview, Self::Done];

    /// The place of its column on the board, from 1.
    pub(super) fn number(self) -> u8 {
        self as u8 + 1
    }

    /// Returns the status as the API spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InProgress => "in_progress",
            Self::Blocked => "blocked",
            Self::InReview => "in_review",
            Self::Done => "done",
        }
    }
}
