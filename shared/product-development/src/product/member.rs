//! Adds members to the team of a product, and removes them.

use serde::Deserialize;
use utoipa::ToSchema;

use super::write::{at_version, stage_next};
use super::{MAX_MEMBERS, Member, Product, TeamRole};
use kernel::Operation;
use kernel::error::Error;
use kernel::id::{ProductId, UserId};
use kernel::policy::Action;
use people::user;
use platform::Work;
use platform::app::App;
use platform::caller::Caller;
use platform::table::Condition;

/// The role to give a member.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    /// Role in the team.
    pub role: TeamRole,
}

/// Adds a user to the team, or changes their role.
pub async fn put(
    app: &App,
    caller: &Caller,
    id: ProductId,
    version: u64,
    user: UserId,
    new: NewMember,
) -> Result<Product, Error> {
    let loaded = at_version(app, caller, Action::ProductUpdate, id, version).await?.writable()?;
    let mut after = loaded.product.clone();
    if user == after.owner_id {
        return Err(Error::state("The owner is already part of the product's team."));
    }
    let at = after.members.iter().position(|member| member.user_id == user);
    match at.and_then(|at| after.members.get_mut(at)) {
        Some(member) => member.role = new.role,
        None if loaded.product.members.len() >= MAX_MEMBERS => {
            return Err(Error::state(format!("A product can have at most {MAX_MEMBERS} members.")));
        }
        None => after.members.push(Member { user_id: user, role: new.role }),
    }
    if after == loaded.product {
        return Ok(after);
    }
    let mut work = Work::new(app, caller, Operation::ProductMemberPut);
    work.require(user::key(user), Condition::exists("works_on_products"), |_| {
        Error::field("user_id", "must be an active manager, team member or admin")
    });
    let after = stage_next(&mut work, &loaded, after)?;
    work.commit().await?;
    Ok(after)
}

/// Removes a user from the team. Tasks assigned to them stay assigned until someone reassigns them.
pub async fn remove(app: &App, caller: &Caller, id: ProductId, version: u64, user: UserId) -> Result<Product, Error> {
    let loaded = at_version(app, caller, Action::ProductUpdate, id, version).await?.writable()?;
    let mut after = loaded.product.clone();
    after.members.retain(|member| member.user_id != user);
    if after == loaded.product {
        return Err(Error::NotFound { what: "member" });
    }
    let mut work = Work::new(app, caller, Operation::ProductMemberRemove);
    let after = stage_next(&mut work, &loaded, after)?;
    work.commit().await?;
    Ok(after)
}
