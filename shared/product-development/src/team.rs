//! The team of a product, as shown: its owner and members, with their workload.

use std::collections::BTreeSet;

use serde::Serialize;
use utoipa::ToSchema;

use crate::figures::{Workload, read_workload};
use crate::product::{self, TeamRole};
use kernel::error::Error;
use kernel::id::{ProductId, UserId};
use kernel::policy::Action;
use kernel::text::{Name, Username};
use people::user::{self, UserCard};
use platform::app::App;
use platform::caller::Caller;

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

/// Lists the team of a product with each member's workload. Two round trips.
pub async fn list(app: &App, caller: &Caller, id: ProductId) -> Result<ProductMembers, Error> {
    read(app, caller, Action::ProductRead, id).await
}

/// Lists the team of a product on which the caller is permitted to `action`.
pub async fn read(app: &App, caller: &Caller, action: Action, id: ProductId) -> Result<ProductMembers, Error> {
    caller.allow(action)?;
    let (loaded, work) = tokio::join!(product::load(app, caller, action, id), read_workload(app, id));
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
