//! Priority of a requirement or task.

use kernel::choice;

choice!(
    /// Priority, lowest first.
    #[derive(Default)]
    Priority {
        /// Low priority.
        Low = "low",
        /// Medium priority; the default.
        #[default]
        Medium = "medium",
        /// High priority.
        High = "high",
        /// Critical priority.
        Critical = "critical",
    }
);
