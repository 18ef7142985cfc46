//! The team of a product.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::write::{at_version, stage_next};
use super::{MOST_MEMBERS, Member, Product, TeamRole};
use crate::figures::{Workload, read_workload};
use kernel::error::Error;
use kernel::id::{ProductId, UserId};
use kernel::policy::Action;
use kernel::text::{Name, Username};
use people::user::{self, UserCard};
use platform::app::App;
use platform::caller::Caller;
use platform::table::Transaction;

/// Someone in a product's team.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProductMember {
    /// The user.
    pub user_id: UserId,
    /// Display name.
    pub name: Name,
    /// The name for signing in, with which comments mention them.
    pub username: Username,
    /// What they do in the team; none for the owner.
    pub role: Option<TeamRole>,
    /// Whether they own the product.
    pub is_owner: bool,
    /// Whether they can still sign in.
    pub active: bool,
    /// What they have to do for the product.
    #[serde(flatten)]
    pub workload: Workload,
}

/// The team of a product.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProductMembers {
    /// The owner first, then the others by name.
    pub items: Vec<ProductMember>,
}

/// What a member takes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    /// What they do in the team.
    pub role: TeamRole,
}

/// The team of a product, and what each has to do. Two round trips.
pub async fn list(app: &App, caller: &Caller, id: ProductId) -> Result<ProductMembers, Error> {
    read(app, caller, Action::ProductRead, id).await
}

/// The team of a product with which the caller may `action`.
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

/// Takes a user into the team, or gives them another role there.
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
        return Err(Error::state("The owner belongs to the product already."));
    }
    let at = after.members.iter().position(|member| member.user_id == user);
    match at.and_then(|at| after.members.get_mut(at)) {
        Some(member) => member.role = new.role,
        None if loaded.product.members.len() >= MOST_MEMBERS => {
            return Err(Error::state(format!("A product has at most {MOST_MEMBERS} members.")));
        }
        None => after.members.push(Member { user_id: user, role: new.role }),
    }
    if after == loaded.product {
        return Ok(after);
    }
    let mut transaction = Transaction::new();
    app.table().require(&mut transaction, user::key(user), "attribute_exists(works_on_products)", &[], |_| {
        Error::field("user_id", "is not an active manager, team member or admin")
    })?;
    let after = stage_next(app, caller, &mut transaction, "product_member_put", &loaded, after)?;
    app.table().commit(transaction).await?;
    Ok(after)
}

/// Takes a user out of the team. What is assigned to them stays so until someone gives it to another.
pub async fn remove(app: &App, caller: &Caller, id: ProductId, version: u64, user: UserId) -> Result<Product, Error> {
    let loaded = at_version(app, caller, Action::ProductUpdate, id, version).await?.writable()?;
    let mut after = loaded.product.clone();
    after.members.retain(|member| member.user_id != user);
    if after == loaded.product {
        return Err(Error::NotFound { what: "member" });
    }
    let mut transaction = Transaction::new();
    let after = stage_next(app, caller, &mut transaction, "product_member_remove", &loaded, after)?;
    app.table().commit(transaction).await?;
    Ok(after)
}
