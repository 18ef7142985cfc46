//! Places requirements under their parents once all rows of the file are imported.

use super::find::{Existing, find};
use super::{WorkContext, WorkRow};
use crate::import::Field;
use crate::import::apply::{Outcome, refused};
use crate::import::fields::Refusal;
use crate::import::item::Job;
use kernel::error::Error;
use platform::app::App;
use platform::caller::Caller;
use platform::http::Patch;
use product_development::requirement::{self, RequirementPatch};

/// Result of a row in this pass.
pub enum Settled {
    /// It already has its parent, has none, or was refused earlier.
    Already,
    /// It was placed under its parent.
    Now,
    /// The parent does not exist or is not allowed.
    Not(Refusal),
}

/// Places the requirements of rows under their parents, one after the other.
pub async fn settle(
    app: &App,
    job: &Job,
    caller: &Caller,
    context: &WorkContext,
    rows: &[WorkRow],
) -> Result<Vec<(u64, Settled)>, Error> {
    let rows: Vec<WorkRow> = rows.iter().filter(|row| row.values.requirement_ref.is_some()).cloned().collect();
    let found = find(app, job, context, &rows).await?;
    let mut settled = Vec::new();
    for (row, found) in rows.iter().zip(found) {
        let Some(Existing::Requirement(before)) = &found.existing else { continue };
        let refuse = |message: &str| Settled::Not(Refusal::new(Field::Parent, "invalid", message));
        let one = match found.requirement {
            None => refuse("does not exist because its row was refused. The requirement was imported without a parent"),
            Some(parent) if before.parent_id == Some(parent) => Settled::Already,
            Some(parent) => {
                let patch = RequirementPatch { parent_id: Patch::Set(parent), ..RequirementPatch::default() };
                let update = requirement::update(app, caller, context.product_id, before.id, before.version, patch);
                match update.await {
                    Ok(_) => Settled::Now,
                    Err(Error::StaleVersion | Error::Conflict { .. }) => {
                        refuse("could not be set because others are changing these requirements right now")
                    }
                    Err(error) => match refused(job, row.row, error)? {
                        Outcome::Refused(refusals) => {
                            let message = refusals.first().map(|refusal| refusal.message.clone()).unwrap_or_default();
                            refuse(&message)
                        }
                        _ => Settled::Already,
                    },
                }
            }
        };
        settled.push((row.row, one));
    }
    Ok(settled)
}
