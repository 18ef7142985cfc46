//! The kinds of entities that the audit trail names.

use crate::names;

names!(
    /// The kind of entity that an audit record is about. `login` is not an entity: it stands for attempts with an unknown username.
    Entity {
        Activity = "activity",
        Asset = "asset",
        Attachment = "attachment",
        Baseline = "baseline",
        CashFlow = "cash_flow",
        Comment = "comment",
        Document = "document",
        Import = "import",
        Investment = "investment",
        Investor = "investor",
        Login = "login",
        Milestone = "milestone",
        Product = "product",
        Reminder = "reminder",
        Requirement = "requirement",
        Rule = "rule",
        Security = "security",
        Task = "task",
        User = "user",
    }
);
