//! Exports of the caller's own records: notifications, reminders about all investors, tasks in all products, saved views and sign-in
//! sessions.

use serde::Deserialize;
use utoipa::IntoParams;

use super::{Export, ExportQuery, Line, Row};
use crate::cell;
use investor_relations::reminder::{self, MyReminder, ReminderQuery, Status};
use kernel::Operation;
use kernel::error::Error;
use kernel::id::ProductId;
use kernel::policy::Action;
use kernel::text::Tag;
use kernel::time::{Date, Timestamp};
use people::notification::{self, Notification};
use people::session::{self, Session};
use platform::app::App;
use platform::caller::Caller;
use platform::page::{Page, PageRequest};
use product_development::priority::Priority;
use product_development::task::view::{self, SavedView};
use product_development::task::{self, Assignee, MyTaskQuery, TaskCard};

/// The caller's notifications.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NotificationExport {
    /// If true, only unread notifications.
    pub unread: Option<bool>,
    /// Cursor from the `Link` header of the previous page.
    pub cursor: Option<String>,
}

impl Export for NotificationExport {
    const OPERATION: Operation = Operation::NotificationExport;
    const FILE: &'static str = "notifications";
    type Row = Notification;

    fn cursor(&self) -> Option<&String> {
        self.cursor.as_ref()
    }

    async fn read(&self, app: &App, caller: &Caller, request: &PageRequest) -> Result<Page<Notification>, Error> {
        notification::read(app, caller, self.unread == Some(true), request).await
    }
}

impl Row for Notification {
    const COLUMNS: &'static [&'static str] =
        &["created_at", "kind", "title", "body", "actor_name", "read_at", "link", "id"];

    fn cells(&self, line: &mut Line) {
        line.plain(self.created_at);
        line.plain(self.kind.as_str());
        line.text(&self.title);
        line.maybe_text(self.body.as_ref());
        line.maybe_text(self.actor_name.as_ref());
        line.maybe(self.read_at);
        line.text(&self.link);
        line.plain(self.id);
    }
}

/// The caller's reminders about all investors.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MyReminderExport {
    /// Only reminders with this status.
    pub status: Option<Status>,
    /// Only reminders due before this time.
    pub due_before: Option<Timestamp>,
    /// Cursor from the `Link` header of the previous page.
    pub cursor: Option<String>,
}

impl Export for MyReminderExport {
    const OPERATION: Operation = Operation::ReminderExportMine;
    const FILE: &'static str = "reminders";
    type Row = MyReminder;

    fn cursor(&self) -> Option<&String> {
        self.cursor.as_ref()
    }

    async fn read(&self, app: &App, caller: &Caller, request: &PageRequest) -> Result<Page<MyReminder>, Error> {
        let query = ReminderQuery { status: self.status, due_before: self.due_before, ..ReminderQuery::default() };
        reminder::read_mine(app, caller, Action::InvestorExport, &query, request).await
    }
}

impl Row for MyReminder {
    const COLUMNS: &'static [&'static str] = &[
        "due_at",
        "investor_name",
        "message",
        "status",
        "due_local",
        "time_zone",
        "recurrence",
        "sent_at",
        "created_at",
        "created_by_name",
        "investor_id",
        "id",
    ];

    fn cells(&self, line: &mut Line) {
        let reminder = &self.reminder;
        line.plain(reminder.due_at);
        line.text(&self.investor_name);
        line.text(&reminder.message);
        line.plain(reminder.status.as_str());
        line.plain(reminder.due_local);
        line.plain(&reminder.time_zone);
        line.maybe(reminder.recurrence.as_ref());
        line.maybe(reminder.sent_at);
        line.plain(reminder.created_at);
        line.text(&reminder.created_by_name);
        line.plain(reminder.investor_id);
        line.plain(reminder.id);
    }
}

/// A user's unfinished tasks in all products; defaults to the caller's own.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MyTaskExport {
    /// Assignee: a user id or `me`; defaults to `me`.
    #[param(value_type = Option<String>, pattern = "^(?:me|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$")]
    pub assignee_id: Option<Assignee>,
    /// Only tasks with this status.
    pub status: Option<task::Status>,
    /// Only tasks with this priority.
    pub priority: Option<Priority>,
    /// Only tasks due before this day.
    #[param(value_type = Option<String>, format = Date)]
    pub due_before: Option<Date>,
    /// Cursor from the `Link` header of the previous page.
    pub cursor: Option<String>,
}

impl Export for MyTaskExport {
    const OPERATION: Operation = Operation::TaskExportMine;
    const FILE: &'static str = "my-tasks";
    type Row = TaskCard;

    fn cursor(&self) -> Option<&String> {
        self.cursor.as_ref()
    }

    async fn read(&self, app: &App, caller: &Caller, request: &PageRequest) -> Result<Page<TaskCard>, Error> {
        let query = MyTaskQuery {
            assignee_id: self.assignee_id,
            status: self.status,
            priority: self.priority,
            due_before: self.due_before,
            ..MyTaskQuery::default()
        };
        task::read_mine(app, caller, Action::ProductExport, &query, request).await
    }
}

impl Row for TaskCard {
    const COLUMNS: &'static [&'static str] = &[
        "due_on",
        "reference",
        "title",
        "status",
        "priority",
        "estimate_hours",
        "labels",
        "checklist_done",
        "checklist_total",
        "status_since",
        "started_at",
        "created_at",
        "updated_at",
        "product_id",
        "id",
    ];

    fn cells(&self, line: &mut Line) {
        line.maybe(self.due_on.map(String::from));
        line.plain(&self.reference);
        line.text(&self.title);
        line.plain(self.status.as_str());
        line.plain(self.priority.as_str());
        line.maybe(self.estimate_hours.map(String::from));
        line.text(&cell::joined(self.labels.iter().map(Tag::as_str)));
        line.plain(self.checklist_done);
        line.plain(self.checklist_total);
        line.plain(self.status_since);
        line.maybe(self.started_at);
        line.plain(self.created_at);
        line.plain(self.updated_at);
        line.plain(self.product_id);
        line.plain(self.id);
    }
}

list_of!(
    /// The caller's saved views of a product's tasks, oldest first.
    SavedViewExport(Product, product_id: ProductId, ExportQuery), ViewExport, "views", SavedView,
    |of, app, caller, request| async {
        request.single()?;
        view::read(app, caller, Action::ProductExport, of.product_id).await
    }
);

impl Row for SavedView {
    const COLUMNS: &'static [&'static str] = &["name", "query", "created_at", "id"];

    fn cells(&self, line: &mut Line) {
        line.text(&self.name);
        line.text(&self.query);
        line.plain(self.created_at);
        line.plain(self.id);
    }
}

/// The caller's sign-in sessions.
pub struct SessionExport(pub ExportQuery);

impl Export for SessionExport {
    const OPERATION: Operation = Operation::SessionExport;
    const FILE: &'static str = "sessions";
    type Row = Session;

    fn cursor(&self) -> Option<&String> {
        self.0.cursor.as_ref()
    }

    async fn read(&self, app: &App, caller: &Caller, request: &PageRequest) -> Result<Page<Session>, Error> {
        session::list(app, caller, request).await
    }
}

impl Row for Session {
    const COLUMNS: &'static [&'static str] = &["created_at", "last_used_at", "ip", "user_agent", "current", "id"];

    fn cells(&self, line: &mut Line) {
        line.plain(self.created_at);
        line.plain(self.last_used_at);
        line.maybe_text(self.ip.as_ref());
        line.maybe_text(self.user_agent.as_ref());
        line.plain(self.current);
        line.plain(self.id);
    }
}
