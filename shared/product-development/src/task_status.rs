//! Task status: the columns of the board.

use kernel::choice;

choice!(
    /// Status of a task.
    #[schema(as = TaskStatus)]
    Status {
        /// Not started.
        Open = "open",
        /// In progress.
        InProgress = "in_progress",
        /// Waiting for something else.
        Blocked = "blocked",
        /// Being reviewed.
        InReview = "in_review",
        /// Finished.
        Done = "done",
    }
);

impl Status {
    /// Position of the column on the board, starting at 1: the order of the variants.
    pub(crate) fn number(self) -> u8 {
        self as u8 + 1
    }
}
