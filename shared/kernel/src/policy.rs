//! Access policy: a single table of role × action × ownership.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer};

use crate::choice;

choice!(
    /// A user's role in the company. A user has one or more roles.
    Role {
        /// Full access.
        Admin = "admin",
        /// Manages relationships with investors.
        RelationshipManager = "relationship_manager",
        /// Reads investors and their figures.
        Analyst = "analyst",
        /// Owns and manages products.
        Manager = "manager",
        /// Works on the products they are a member of.
        TeamMember = "team_member",
    }
);

/// The roles of one user.
pub type Roles = BTreeSet<Role>;

/// Reads the roles in a request, each named once.
pub fn each_once<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Roles, D::Error> {
    let named = Vec::<Role>::deserialize(deserializer)?;
    let roles: Roles = named.iter().copied().collect();
    if roles.len() == named.len() { Ok(roles) } else { Err(serde::de::Error::custom("must name each role once")) }
}

/// Reads the roles in a merge patch, each named once; `null` is an error.
pub fn each_once_if_present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Roles>, D::Error> {
    each_once(deserializer).map(Some)
}

/// The scope of a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Only entities the caller owns (an investor they manage the relationship with, a product, an import they started).
    Own,
    /// Entities the caller owns, and the products they are a member of.
    Member,
    /// Everything.
    All,
}

macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)?) => {
        /// An action that the policy can allow.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action { $($(#[$doc])* $variant),+ }

        impl Action {
            /// All actions.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The action's name in `GET /api/me` and in the audit trail.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

actions! {
    /// List users in summary form.
    UserList = "user_list",
    /// Read a user's full details.
    UserRead = "user_read",
    /// Create users.
    UserCreate = "user_create",
    /// Edit users, their roles and status.
    UserUpdate = "user_update",
    /// Read and change the security settings of the company.
    SecurityUpdate = "security_update",
    /// List and read investors, their activities and timeline.
    InvestorRead = "investor_read",
    /// Create investors.
    InvestorCreate = "investor_create",
    /// Edit investors.
    InvestorUpdate = "investor_update",
    /// Delete and restore investors.
    InvestorDelete = "investor_delete",
    /// Reassign an investor to another relationship manager.
    InvestorAssign = "investor_assign",
    /// Merge two investors into one.
    InvestorMerge = "investor_merge",
    /// Generate a PDF report with everything known about an investor.
    InvestorReport = "investor_report",
    /// Record, edit and delete activities.
    ActivityWrite = "activity_write",
    /// Record, edit and delete investments and their cash flows.
    InvestmentWrite = "investment_write",
    /// List, read and download documents.
    DocumentRead = "document_read",
    /// Upload, rename and delete documents.
    DocumentWrite = "document_write",
    /// Create, edit, complete and delete reminders.
    ReminderWrite = "reminder_write",
    /// Import investors from a file.
    ImportRun = "import_run",
    /// Read investor and activity analytics.
    AnalyticsRead = "analytics_read",
    /// Search and verify the audit trail.
    AuditRead = "audit_read",
    /// Read an investor's history.
    InvestorHistoryRead = "investor_history_read",
    /// Export full investor records and everything that belongs to them.
    InvestorExport = "investor_export",
    /// Export lists of documents.
    DocumentExport = "document_export",
    /// Export the list of users.
    UserExport = "user_export",
    /// Export the audit trail.
    AuditExport = "audit_export",
    /// List and read products and everything in them.
    ProductRead = "product_read",
    /// Create products.
    ProductCreate = "product_create",
    /// Edit products, their members and their boards.
    ProductUpdate = "product_update",
    /// Delete products and everything in them.
    ProductDelete = "product_delete",
    /// Reassign a product to another owner.
    ProductAssign = "product_assign",
    /// Read the history of a product and everything in it.
    ProductHistoryRead = "product_history_read",
    /// Read product analytics.
    ProductAnalyticsRead = "product_analytics_read",
    /// Import requirements and tasks from a file.
    ProductImport = "product_import",
    /// Export a product's lists.
    ProductExport = "product_export",
    /// Generate a product report.
    ProductReport = "product_report",
    /// Create, edit and delete requirements, their links and baselines.
    RequirementWrite = "requirement_write",
    /// Upload, rename, approve and delete design assets.
    AssetWrite = "asset_write",
    /// Create, edit, assign and delete tasks.
    TaskWrite = "task_write",
    /// Change the status and checklist of tasks; without `task_write`, only of tasks assigned to the caller.
    TaskProgress = "task_progress",
    /// Comment on tasks; team members only on tasks assigned to them.
    CommentWrite = "comment_write",
    /// Create, edit and delete milestones.
    MilestoneWrite = "milestone_write",
    /// Create, edit and delete workflow rules.
    RuleWrite = "rule_write",
}

/// The policy. An action not listed for any of the caller's roles is denied.
const POLICY: &[(Role, Action, Scope)] = {
    use Action as A;
    use Role::{Admin, Analyst, Manager, RelationshipManager as Rm, TeamMember};
    use Scope::{All, Member, Own};
    &[
        (Admin, A::UserList, All),
        (Admin, A::UserRead, All),
        (Admin, A::UserCreate, All),
        (Admin, A::UserUpdate, All),
        (Admin, A::SecurityUpdate, All),
        (Admin, A::InvestorRead, All),
        (Admin, A::InvestorCreate, All),
        (Admin, A::InvestorUpdate, All),
        (Admin, A::InvestorDelete, All),
        (Admin, A::InvestorAssign, All),
        (Admin, A::InvestorMerge, All),
        (Admin, A::InvestorReport, All),
        (Admin, A::ActivityWrite, All),
        (Admin, A::InvestmentWrite, All),
        (Admin, A::DocumentRead, All),
        (Admin, A::DocumentWrite, All),
        (Admin, A::ReminderWrite, All),
        (Admin, A::ImportRun, All),
        (Admin, A::AnalyticsRead, All),
        (Admin, A::AuditRead, All),
        (Admin, A::InvestorHistoryRead, All),
        (Admin, A::InvestorExport, All),
        (Admin, A::DocumentExport, All),
        (Admin, A::UserExport, All),
        (Admin, A::AuditExport, All),
        (Rm, A::UserList, All),
        (Rm, A::InvestorRead, Own),
        (Rm, A::InvestorCreate, Own),
        (Rm, A::InvestorUpdate, Own),
        (Rm, A::InvestorDelete, Own),
        (Rm, A::InvestorMerge, Own),
        (Rm, A::InvestorReport, Own),
        (Rm, A::ActivityWrite, Own),
        (Rm, A::InvestmentWrite, Own),
        (Rm, A::DocumentRead, Own),
        (Rm, A::DocumentWrite, Own),
        (Rm, A::ReminderWrite, Own),
        (Rm, A::ImportRun, Own),
        (Rm, A::AnalyticsRead, Own),
        (Rm, A::InvestorHistoryRead, Own),
        (Rm, A::InvestorExport, Own),
        (Rm, A::DocumentExport, Own),
        (Analyst, A::UserList, All),
        (Analyst, A::InvestorRead, All),
        (Analyst, A::InvestorReport, All),
        (Analyst, A::DocumentRead, All),
        (Analyst, A::AnalyticsRead, All),
        (Analyst, A::InvestorHistoryRead, All),
        (Analyst, A::InvestorExport, All),
        (Analyst, A::DocumentExport, All),
        (Admin, A::ProductRead, All),
        (Admin, A::ProductCreate, All),
        (Admin, A::ProductUpdate, All),
        (Admin, A::ProductDelete, All),
        (Admin, A::ProductAssign, All),
        (Admin, A::ProductHistoryRead, All),
        (Admin, A::ProductAnalyticsRead, All),
        (Admin, A::ProductImport, All),
        (Admin, A::ProductExport, All),
        (Admin, A::ProductReport, All),
        (Admin, A::RequirementWrite, All),
        (Admin, A::AssetWrite, All),
        (Admin, A::TaskWrite, All),
        (Admin, A::TaskProgress, All),
        (Admin, A::CommentWrite, All),
        (Admin, A::MilestoneWrite, All),
        (Admin, A::RuleWrite, All),
        (Manager, A::UserList, All),
        (Manager, A::ProductRead, Member),
        (Manager, A::ProductCreate, Own),
        (Manager, A::ProductUpdate, Own),
        (Manager, A::ProductDelete, Own),
        (Manager, A::ProductHistoryRead, Member),
        (Manager, A::ProductAnalyticsRead, Member),
        (Manager, A::ProductImport, Own),
        (Manager, A::ProductExport, Member),
        (Manager, A::ProductReport, Member),
        (Manager, A::RequirementWrite, Own),
        (Manager, A::AssetWrite, Own),
        (Manager, A::TaskWrite, Own),
        (Manager, A::TaskProgress, Member),
        (Manager, A::CommentWrite, Member),
        (Manager, A::MilestoneWrite, Own),
        (Manager, A::RuleWrite, Own),
        (TeamMember, A::ProductRead, Member),
        (TeamMember, A::ProductHistoryRead, Member),
        (TeamMember, A::ProductAnalyticsRead, Member),
        (TeamMember, A::TaskProgress, Member),
        (TeamMember, A::CommentWrite, Member),
    ]
};

/// The widest scope that `roles` grant for `action`; `None` if it is denied.
#[must_use]
pub fn scope(roles: &Roles, action: Action) -> Option<Scope> {
    POLICY.iter().filter(|(role, a, _)| *a == action && roles.contains(role)).map(|(_, _, scope)| *scope).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_admin_can_do_everything() {
        let roles = Roles::from([Role::Admin]);
        for action in Action::ALL {
            assert_eq!(scope(&roles, *action), Some(Scope::All), "{action:?}");
        }
    }

    #[test]
    fn the_widest_scope_of_several_roles_applies() {
        let roles = Roles::from([Role::RelationshipManager, Role::Analyst]);
        assert_eq!(scope(&roles, Action::InvestorRead), Some(Scope::All));
        assert_eq!(scope(&roles, Action::InvestorUpdate), Some(Scope::Own));
        assert_eq!(scope(&roles, Action::AuditRead), None);
    }

    #[test]
    fn product_roles_cannot_access_investors() {
        let roles = Roles::from([Role::Manager, Role::TeamMember]);
        let reached = Action::ALL.iter().filter(|action| scope(&roles, **action).is_some());
        let of_products = |name: &str| {
            ["product_", "requirement_", "asset_", "task_", "comment_", "milestone_", "rule_"]
                .iter()
                .any(|noun| name.starts_with(noun))
        };
        let others: Vec<&str> = reached.map(|action| action.as_str()).filter(|name| !of_products(name)).collect();
        assert_eq!(others, ["user_list"], "managers choose the members of their products");
    }

    #[test]
    fn member_scope_exists_only_for_products() {
        let of_members = POLICY.iter().filter(|(.., scope)| *scope == Scope::Member);
        assert!(of_members.clone().all(|(role, ..)| matches!(role, Role::Manager | Role::TeamMember)));
        assert!(of_members.count() > 0);
    }

    #[test]
    fn investor_roles_cannot_access_products() {
        let roles = Roles::from([Role::RelationshipManager, Role::Analyst]);
        assert!(
            POLICY
                .iter()
                .filter(|(role, ..)| *role == Role::Manager)
                .all(|(_, action, _)| { *action == Action::UserList || scope(&roles, *action).is_none() })
        );
    }
}
