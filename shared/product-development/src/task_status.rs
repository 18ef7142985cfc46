//! Task status: the columns of the board.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Status of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TaskStatus)]
pub enum Status {
    /// Not started.
    Open,
    /// In progress.
    InProgress,
    /// Waiting for something else.
    Blocked,
    /// Being reviewed.
    InReview,
    /// Finished.
    Done,
}

impl Status {
    /// All statuses, in the order of the board's columns.
    pub const ALL: [Self; 5] = [Self::Open, Self::InProgress, Self::Blocked, Self::InReview, Self::Done];

    /// Position of the column on the board, starting at 1.
    pub(crate) fn number(self) -> u8 {
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
