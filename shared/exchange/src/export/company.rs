//! Company-wide exports: users, imports and the audit trail.

use serde::Deserialize;
use utoipa::IntoParams;

use super::{Export, ExportQuery, Line, Row};
use crate::cell;
use crate::import::{self, Import, ImportRowError};
use discovery::trail::{self, Asked, AuditQuery};
use kernel::error::Error;
use kernel::id::{ImportId, UserId};
use kernel::policy::{Action, Role};
use kernel::time::Timestamp;
use kernel::{Entity, Operation};
use people::user::{self, Status, UserCard, UserQuery};
use platform::app::App;
use platform::audit::{AuditRecord, ChangeView, Subject};
use platform::caller::Caller;
use platform::page::{Page, PageRequest};

/// Exports users, by name.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UserExport {
    /// Only users with this status.
    pub status: Option<Status>,
    /// Only users with this role.
    pub role: Option<Role>,
    /// Cursor from the `Link` header of the previous page.
    pub cursor: Option<String>,
}

impl Export for UserExport {
    const OPERATION: Operation = Operation::UserExport;
    const FILE: &'static str = "users";
    type Row = UserCard;

    fn cursor(&self) -> Option<&String> {
        self.cursor.as_ref()
    }

    async fn read(&self, app: &App, caller: &Caller, request: &PageRequest) -> Result<Page<UserCard>, Error> {
        caller.allow(Action::UserExport)?;
        let query = UserQuery { status: self.status, role: self.role, ..UserQuery::default() };
        user::read(app, &query, request).await
    }
}

impl Row for UserCard {
    const COLUMNS: &'static [&'static str] = &["name", "username", "roles", "status", "id"];

    fn cells(&self, line: &mut Line) {
        line.text(&self.name);
        line.text(&self.username);
        line.plain(cell::joined(self.roles.iter().map(|role| role.as_str())));
        line.plain(self.status.as_str());
        line.plain(self.id);
    }
}

/// Imports, newest first.
pub struct ImportExport(pub ExportQuery);

impl Export for ImportExport {
    const OPERATION: Operation = Operation::ImportExport;
    const FILE: &'static str = "imports";
    type Row = Import;

    fn cursor(&self) -> Option<&String> {
        self.0.cursor.as_ref()
    }

    async fn read(&self, app: &App, caller: &Caller, request: &PageRequest) -> Result<Page<Import>, Error> {
        import::list(app, caller, request).await
    }
}

impl Row for Import {
    const COLUMNS: &'static [&'static str] = &[
        "created_at",
        "file_name",
        "status",
        "size",
        "rows_done",
        "created_count",
        "updated_count",
        "unchanged_count",
        "error_count",
        "duplicate_count",
        "failure",
        "updated_at",
        "created_by",
        "id",
    ];

    fn cells(&self, line: &mut Line) {
        line.plain(self.created_at);
        line.text(&self.file_name);
        line.plain(self.status.as_str());
        for number in [
            self.size,
            self.rows_done,
            self.created_count,
            self.updated_count,
            self.unchanged_count,
            self.error_count,
            self.duplicate_count,
        ] {
            line.plain(number);
        }
        line.maybe_text(self.failure.as_ref().map(|failure| &failure.message));
        line.plain(self.updated_at);
        line.plain(self.created_by);
        line.plain(self.id);
    }
}

/// Row errors of an import, by row.
pub struct ImportErrorExport {
    /// Id of the import.
    pub import_id: ImportId,
    /// Cursor.
    pub query: ExportQuery,
}

impl Export for ImportErrorExport {
    const OPERATION: Operation = Operation::ImportErrorExport;
    const FILE: &'static str = "import-errors";
    type Row = ImportRowError;

    fn subject(&self, _: &Caller) -> Subject {
        Subject::new(Entity::Import, self.import_id)
    }

    fn cursor(&self) -> Option<&String> {
        self.query.cursor.as_ref()
    }

    async fn read(&self, app: &App, caller: &Caller, request: &PageRequest) -> Result<Page<ImportRowError>, Error> {
        import::errors(app, caller, self.import_id, request).await
    }
}

impl Row for ImportRowError {
    const COLUMNS: &'static [&'static str] = &["row", "field", "code", "message", "imported", "investor_id"];

    fn cells(&self, line: &mut Line) {
        line.plain(self.row);
        line.maybe(self.field.map(import::Field::as_str));
        line.text(&self.code);
        line.text(&self.message);
        line.plain(self.imported);
        line.maybe(self.investor_id);
    }
}

/// The audit trail, newest first.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditExport {
    /// Entity type; requires `entity_id`.
    #[param(max_length = 40)]
    pub entity_type: Option<String>,
    /// Entity id.
    #[param(max_length = 100)]
    pub entity_id: Option<String>,
    /// Only records of this user.
    #[param(value_type = Option<String>, format = Uuid)]
    pub actor_id: Option<UserId>,
    /// Earliest time, inclusive.
    pub from: Option<Timestamp>,
    /// Latest time, inclusive.
    pub to: Option<Timestamp>,
    /// Cursor from the `Link` header of the previous page.
    pub cursor: Option<String>,
}

impl AuditExport {
    fn query(&self) -> AuditQuery {
        AuditQuery {
            entity_type: self.entity_type.clone(),
            entity_id: self.entity_id.clone(),
            actor_id: self.actor_id,
            from: self.from,
            to: self.to,
            ..AuditQuery::default()
        }
    }
}

impl Export for AuditExport {
    const OPERATION: Operation = Operation::AuditExport;
    const FILE: &'static str = "audit";
    type Row = AuditRecord;

    fn subject(&self, caller: &Caller) -> Subject {
        let asked = self.query().asked().unwrap_or(Asked::Everything);
        let person = asked.subject().filter(|it| matches!(it.entity_type, Entity::Investor | Entity::User));
        person.cloned().unwrap_or_else(|| Subject::new(Entity::User, caller.id))
    }

    fn cursor(&self) -> Option<&String> {
        self.cursor.as_ref()
    }

    async fn read(&self, app: &App, caller: &Caller, request: &PageRequest) -> Result<Page<AuditRecord>, Error> {
        let query = self.query();
        let asked = query.asked()?;
        if asked.is_investor() {
            caller.allow(Action::InvestorExport)?;
        }
        let cipher = trail::permitted(app, caller, Action::AuditExport, &asked).await?;
        trail::read(app, &query, cipher.as_ref(), request).await
    }
}

impl Row for AuditRecord {
    const COLUMNS: &'static [&'static str] = &[
        "at",
        "actor_name",
        "action",
        "entity_type",
        "entity_id",
        "changes",
        "ip",
        "request_id",
        "actor_id",
        "sequence",
        "hash",
        "previous_hash",
        "id",
    ];

    fn cells(&self, line: &mut Line) {
        line.plain(self.at);
        line.text(&self.actor_name);
        line.text(&self.action);
        line.text(&self.entity_type);
        line.text(&self.entity_id);
        line.text(&self.changes.iter().map(in_words).collect::<Vec<_>>().join("\n"));
        line.maybe_text(self.ip.as_ref());
        line.text(&self.request_id);
        line.maybe(self.actor_id);
        line.maybe(self.sequence);
        line.maybe_text(self.hash.as_ref());
        line.maybe_text(self.previous_hash.as_ref());
        line.plain(self.id);
    }
}

/// Formats a change on one line, with values as JSON: `tier: "gold" → "platinum"`; personal values that are not shown are left out.
pub(super) fn in_words(change: &ChangeView) -> String {
    if change.sealed {
        return format!("{}: (personal)", change.field);
    }
    let value = |value: &Option<serde_json::Value>| value.as_ref().map(ToString::to_string).unwrap_or_default();
    match (&change.before, &change.after) {
        (None, after) => format!("{}: {}", change.field, value(after)),
        (before, None) => format!("{}: {} → nothing", change.field, value(before)),
        (before, after) => format!("{}: {} → {}", change.field, value(before), value(after)),
    }
}
