//! Task status transitions: the one place where a task's status changes.

use serde::{Deserialize, Serialize};

use super::{Status, Task};
use kernel::id::UserId;
use kernel::time::Timestamp;

/// Maximum number of status changes kept with a task; the audit trail keeps all of them.
const MAX_TRANSITIONS: usize = 200;

/// A change of a task's status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    /// The previous status; `None` for a new task.
    pub from: Option<Status>,
    /// The new status.
    pub to: Status,
    /// When it changed; never earlier than the previous transition.
    pub at: Timestamp,
    /// The user who changed it.
    pub by: UserId,
}

impl Task {
    /// Moves the task to status `to`. Every status change goes through here. If the clock has gone back, the change is recorded at the time
    /// of the previous transition, so that time never runs backward.
    ///
    /// A task is started when it first gets a status other than open or blocked, and done for as long as its status is done.
    pub(super) fn enter(&mut self, to: Status, now: Timestamp, by: UserId) {
        let from = self.transitions.last().map(|last| last.to);
        if from == Some(to) {
            return;
        }
        let at = self.transitions.last().map_or(now, |last| now.max(last.at));
        self.status = to;
        self.status_since = at;
        if matches!(to, Status::InProgress | Status::InReview | Status::Done) {
            self.started_at.get_or_insert(at);
        }
        self.done_at = (to == Status::Done).then_some(at);
        self.transitions.push(Transition { from, to, at, by });
        let surplus = self.transitions.len().saturating_sub(MAX_TRANSITIONS);
        self.transitions.drain(..surplus);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rank::Rank;
    use kernel::id::{ProductId, TaskId};
    use kernel::text::Name;

    fn task(now: Timestamp) -> Task {
        let by = UserId::new();
        let mut task = Task {
            id: TaskId::new(),
            version: 1,
            created_at: now,
            updated_at: now,
            product_id: ProductId::new(),
            number: 1,
            reference: "ORB-1".into(),
            title: Name::try_from("Draw".to_owned()).unwrap(),
            description: None,
            requirement_id: None,
            requirement_version: None,
            requirement_suspect: false,
            milestone_id: None,
            assignee_id: None,
            priority: crate::priority::Priority::Medium,
            status: Status::Open,
            due_on: None,
            estimate_hours: None,
            labels: Vec::new(),
            checklist: Vec::new(),
            watcher_ids: Vec::new(),
            comment_count: 0,
            attachment_count: 0,
            rank: Rank::first(),
            status_since: now,
            started_at: None,
            done_at: None,
            external_id: None,
            created_by: by,
            created_by_name: "Ann".into(),
            transitions: Vec::new(),
        };
        task.enter(Status::Open, now, by);
        task
    }

    proptest! {
        #[test]
        fn transition_times_never_go_backward(
            moves in prop::collection::vec((0_usize..5, -100_000_i64..100_000), 1..250),
        ) {
            let begin = Timestamp::from_millisecond(1_800_000_000_000);
            let mut task = task(begin);
            for (status, seconds) in moves {
                let (before, since) = (task.status, task.status_since);
                task.enter(Status::ALL[status], begin.plus_seconds(seconds), UserId::new());
                prop_assert!(task.status_since >= since);
                prop_assert_eq!(task.status, Status::ALL[status]);
                prop_assert!(before != task.status || since == task.status_since);
                prop_assert_eq!(task.done_at.is_some(), task.status == Status::Done);
                prop_assert!(task.done_at.is_none_or(|done| task.started_at.is_some_and(|started| started <= done)));
            }
            prop_assert!(task.transitions.len() <= MAX_TRANSITIONS);
            prop_assert!(task.transitions.windows(2).all(|pair| pair[0].at <= pair[1].at && Some(pair[0].to) == pair[1].from));
            prop_assert_eq!(task.transitions.last().map(|last| (last.to, last.at)), Some((task.status, task.status_since)));
        }
    }
}
