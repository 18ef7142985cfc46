//! The team of a product.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::write::{at_version, stage_next};
use super::{MOST_MEMBERS, Member, Product, TeamRole};
use crate::figures::{Workload, read_workload};
use kernel::Operation;
use kernel::error::Error;
use kernel::id::{ProductId, UserId};
use kernel::policy::Action;
use kernel::text::{Name, Username};
use people::user::{self, UserCard};
use platform::Work;
use platform::app::App;
use platform::caller::Caller;
use platform::table::Condition;

/// A member of a product's team.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProductMember {
    /// The user's ID.
    pub user_id: UserId,
    /// Display name.
    pub name: Name,
    /// Username, used to sign in and to mention the user in comments.
    pub username: Username,
    /// Role in the team; null for the owner.
    pub role: Option<TeamRole>,
    /// Whether the user owns the product.
    pub is_owner: bool,
    /// Whether the user's account is active.
    pub active: bool,
    /// Current workload in this product.
    #[serde(flatten)]
    pub workload: Workload,
}

/// The team of a product.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProductMembers {
    /// The owner first, then the other members by name.
    pub items: Vec<ProductMember>,
}

/// The role to give a member.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    /// Role in the team.
    pub role: TeamRole,
}

/// Lists the team of a product with each member's workload. Two round trips.
pub async fn list(app: &App, caller: &Caller, id: ProductId) -> Result<ProductMembers, Error> {
    read(app, caller, Action::ProductRead, id).await
}

/// Lists the team of a product on which the caller is permitted to `action`.
pub async fn read(app: &App, caller: &Caller, action: Action, id: ProductId) -> Result<ProductMembers, Error> {
    caller.allow(action)?;
    let (loaded, work) = tokio::join!(super::load(app, caller, action, id), read_workload(app, id));
    let (product, mut work) = (loaded?.product, work?);
    let ids: BTreeSet<UserId> = product.member_ids().into_iter().chain([product.owner_id]).collect();
    let role = |user| product.members.iter().find(|member| member.user_id == user).map(|member| member.role);
    let member = |card: UserCard| ProductMember {
        user_id: card.id,
        role: role(card.id),
        is_owner: card.id == product.owner_id,
        active: card.status == user::Status::Active,
        workload: work.remove(&card.id).unwrap_or_default(),
        name: card.name,
        username: card.username,
    };
    let mut items: Vec<ProductMember> = user::cards(app, &ids).await?.into_values().map(member).collect();
    items.sort_by_cached_key(|member| (!member.is_owner, kernel::text::fold(member.name.as_str())));
    Ok(ProductMembers { items })
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
        None if loaded.product.members.len() >= MOST_MEMBERS => {
            return Err(Error::state(format!("A product can have at most {MOST_MEMBERS} members.")));
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
