//! Milestone progress and risk.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::counters::{MilestoneCounters, read_counters};
use super::{Milestone, Status};
use kernel::error::Error;
use kernel::time::Date;
use platform::app::App;

/// Progress of a milestone's tasks and requirements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = MilestoneProgress)]
pub struct Progress {
    /// Number of tasks.
    pub tasks_total: u64,
    /// Number of tasks that are done.
    pub tasks_done: u64,
    /// Number of requirements, not counting rejected ones.
    pub requirements_total: u64,
    /// Number of requirements that are met.
    pub requirements_done: u64,
    /// Percentage of tasks that are done, as a whole number rounded down; without tasks, the percentage of requirements that are met.
    pub percent: u8,
}

/// Why a milestone is at risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MilestoneRisk)]
pub enum Risk {
    /// The due date has passed.
    PastDue,
    /// An unfinished task is past its due date.
    OverdueTasks,
    /// The share of completed tasks is more than 20 percentage points behind the share of elapsed time.
    BehindSchedule,
}

/// Returns the milestones with their progress, as of today in UTC. One round trip, or none without milestones.
pub(super) async fn shown(app: &App, milestones: Vec<Milestone>) -> Result<Vec<Milestone>, Error> {
    let figures = read_counters(app, milestones.iter().map(|milestone| milestone.id).collect()).await?;
    let (none, today) = (MilestoneCounters::default(), Date::today());
    let with = |milestone: Milestone| {
        let figures = figures.get(&milestone.id).unwrap_or(&none);
        let at_risk_reason = risk(&milestone, figures, today)?;
        Ok(Milestone { progress: progress(figures), at_risk: at_risk_reason.is_some(), at_risk_reason, ..milestone })
    };
    milestones.into_iter().map(with).collect()
}

/// Returns one milestone with its progress.
pub(super) async fn one(app: &App, milestone: Milestone) -> Result<Milestone, Error> {
    shown(app, vec![milestone]).await?.pop().ok_or_else(|| Error::internal("a milestone is missing from the result"))
}

fn progress(figures: &MilestoneCounters) -> Progress {
    let (total, done) = match figures.tasks_total {
        0 => (figures.requirements_total, figures.requirements_done),
        tasks => (tasks, figures.tasks_done),
    };
    let percent = (done * 100).checked_div(total).map_or(0, |percent| u8::try_from(percent.min(100)).unwrap_or(100));
    Progress {
        tasks_total: figures.tasks_total,
        tasks_done: figures.tasks_done,
        requirements_total: figures.requirements_total,
        requirements_done: figures.requirements_done,
        percent,
    }
}

/// Why the milestone is at risk, most certain reason first.
fn risk(milestone: &Milestone, figures: &MilestoneCounters, today: Date) -> Result<Option<Risk>, Error> {
    if milestone.status == Status::Reached {
        return Ok(None);
    }
    if milestone.due_on < today {
        return Ok(Some(Risk::PastDue));
    }
    if figures.due.range(..today).next().is_some() {
        return Ok(Some(Risk::OverdueTasks));
    }
    let began = Date::try_from(milestone.created_at.day()).map_err(Error::internal)?;
    Ok(is_behind(began, milestone.due_on, today, figures).then_some(Risk::BehindSchedule))
}

/// Whether `elapsed / span - done / total > 20 / 100`, computed in whole numbers by multiplying both sides by `5 * span * total`.
fn is_behind(began: Date, due_on: Date, today: Date, figures: &MilestoneCounters) -> bool {
    let span = i128::from(due_on.days_since(began).max(1));
    let elapsed = i128::from(today.days_since(began)).clamp(0, span);
    let (total, done) = (i128::from(figures.tasks_total), i128::from(figures.tasks_done));
    total > 0 && 5 * (elapsed * total - done * span) > span * total
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Date {
        Date::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn more_than_twenty_points_behind_is_at_risk() {
        let (began, due) = (day("2026-01-01"), day("2026-04-11"));
        let figures = |done| MilestoneCounters { tasks_total: 10, tasks_done: done, ..MilestoneCounters::default() };
        // 100 days: the 50th is halfway.
        assert!(!is_behind(began, due, day("2026-02-20"), &figures(3)));
        assert!(is_behind(began, due, day("2026-02-21"), &figures(3)));
        assert!(!is_behind(began, due, day("2026-12-31"), &figures(8)), "elapsed time is capped at the whole span");
        assert!(!is_behind(began, due, day("2026-03-31"), &MilestoneCounters::default()), "no tasks");
    }

    proptest! {
        #[test]
        fn completing_tasks_never_increases_risk(total in 1_u64..1000, done in 0_u64..1000, gone in 0_i32..400, span in 0_i32..400) {
            let done = done.min(total);
            let figures = |done| MilestoneCounters { tasks_total: total, tasks_done: done, ..MilestoneCounters::default() };
            let began = day("2026-01-01");
            let (due, today) = (began.plus_days(span), began.plus_days(gone));
            prop_assert!(!is_behind(began, due, today, &figures(total)));
            if is_behind(began, due, today, &figures(done)) {
                prop_assert!(is_behind(began, due, today, &figures(done.saturating_sub(1))));
            }
            prop_assert!(progress(&figures(done)).percent <= 100);
        }
    }
}
