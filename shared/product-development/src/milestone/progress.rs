//! How far a milestone is, and whether it may be missed.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Milestone, Status};
use crate::figures::{MilestoneFigures, milestone_figures};
use kernel::error::Error;
use kernel::time::Date;
use platform::app::App;

/// How far a milestone's tasks and requirements are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = MilestoneProgress)]
pub struct Progress {
    /// Its tasks.
    pub tasks_total: u64,
    /// Those that are done.
    pub tasks_done: u64,
    /// Its requirements, without the rejected ones.
    pub requirements_total: u64,
    /// Those that are met.
    pub requirements_done: u64,
    /// The share of its tasks that are done, in whole percent rounded down; without tasks, that of its requirements.
    pub percent: u8,
}

/// Why a milestone may be missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MilestoneRisk)]
pub enum Risk {
    /// Its day is over.
    PastDue,
    /// An unfinished task should have been done before today.
    OverdueTasks,
    /// The share of its tasks that are done is more than 20 points behind the share of its time that is over.
    BehindSchedule,
}

/// The milestones with how far they are, as of today in UTC. One round trip, none for none.
pub(super) async fn shown(app: &App, milestones: Vec<Milestone>) -> Result<Vec<Milestone>, Error> {
    let figures = milestone_figures(app, milestones.iter().map(|milestone| milestone.id).collect()).await?;
    let (none, today) = (MilestoneFigures::default(), Date::today());
    let with = |milestone: Milestone| {
        let figures = figures.get(&milestone.id).unwrap_or(&none);
        let at_risk_reason = risk(&milestone, figures, today)?;
        Ok(Milestone { progress: progress(figures), at_risk: at_risk_reason.is_some(), at_risk_reason, ..milestone })
    };
    milestones.into_iter().map(with).collect()
}

/// One milestone with how far it is.
pub(super) async fn one(app: &App, milestone: Milestone) -> Result<Milestone, Error> {
    shown(app, vec![milestone]).await?.pop().ok_or_else(|| Error::internal("a milestone was lost"))
}

fn progress(figures: &MilestoneFigures) -> Progress {
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

/// Why the milestone may be missed, the surest reason first.
fn risk(milestone: &Milestone, figures: &MilestoneFigures, today: Date) -> Result<Option<Risk>, Error> {
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

/// Whether `elapsed / span - done / total > 20 / 100`, in whole numbers: where both are multiplied by `5 * span * total`.
fn is_behind(began: Date, due_on: Date, today: Date, figures: &MilestoneFigures) -> bool {
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
    fn twenty_points_behind_is_in_time_and_more_is_not() {
        let (began, due) = (day("2026-01-01"), day("2026-04-11"));
        let figures = |done| MilestoneFigures { tasks_total: 10, tasks_done: done, ..MilestoneFigures::default() };
        // 100 days: the 50th is half of the time.
        assert!(!is_behind(began, due, day("2026-02-20"), &figures(3)));
        assert!(is_behind(began, due, day("2026-02-21"), &figures(3)));
        assert!(!is_behind(began, due, day("2026-12-31"), &figures(8)), "no more time is over than there was");
        assert!(!is_behind(began, due, day("2026-03-31"), &MilestoneFigures::default()), "nothing to do");
    }

    proptest! {
        #[test]
        fn what_is_done_never_makes_a_milestone_late(total in 1_u64..1000, done in 0_u64..1000, gone in 0_i32..400, span in 0_i32..400) {
            let done = done.min(total);
            let figures = |done| MilestoneFigures { tasks_total: total, tasks_done: done, ..MilestoneFigures::default() };
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
