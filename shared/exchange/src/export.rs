//! Exports: every list as CSV, page by page.
//!
//! A page is read like a page of the list itself, with the same scope, only longer, and links to the next one in a `Link` header. Nothing
//! is stored: there is no file to delete or leak, no limit on the length of a list, and the client can stop after any page. Each page is
//! recorded in the audit trail before it is returned.

/// Defines an export of records that belong to one entity: the entity, the query, and how the list's own code reads a page.
macro_rules! list_of {
    (
        $(#[$doc:meta])*
        $name:ident($entity:ident, $field:ident: $id:ty, $query:ty), $operation:ident, $file:literal, $row:ty,
        |$export:ident, $app:ident, $caller:ident, $request:ident| $read:expr
    ) => {
        $(#[$doc])*
        pub struct $name {
            /// The entity that the list belongs to.
            pub $field: $id,
            /// Filters and cursor.
            pub query: $query,
        }

        impl $crate::export::Export for $name {
            const OPERATION: kernel::Operation = kernel::Operation::$operation;
            const FILE: &'static str = $file;
            type Row = $row;

            fn subject(&self, _: &platform::caller::Caller) -> platform::audit::Subject {
                platform::audit::Subject::new(kernel::Entity::$entity, self.$field)
            }

            fn cursor(&self) -> Option<&String> {
                self.query.cursor.as_ref()
            }

            async fn read(
                &self,
                $app: &platform::app::App,
                $caller: &platform::caller::Caller,
                $request: &platform::page::PageRequest,
            ) -> Result<platform::page::Page<$row>, kernel::Error> {
                let $export = self;
                $read.await
            }
        }
    };
}

mod company;
mod investor;
mod own;
mod product;
mod sheet;

pub use company::{AuditExport, ImportErrorExport, ImportExport, UserExport};
pub use investor::{
    ActivityExport, CashFlowExport, DocumentExport, InvestmentExport, InvestorExport, ReminderExport, TimelineExport,
    TimelineExportQuery,
};
pub use own::{MyReminderExport, MyTaskExport, NotificationExport, SavedViewExport, SessionExport};
pub use product::{
    AssetExport, AssetExportQuery, AttachmentExport, BaselineExport, CommentExport, MilestoneExport,
    MilestoneExportQuery, ProductExport, ProductMemberExport, RequirementExport, RequirementExportQuery,
    RequirementVersionExport, RuleExport, TaskExport, TaskExportQuery,
};
pub use sheet::{Line, Row};

use std::collections::BTreeMap;

use axum::extract::{FromRequestParts, OriginalUri};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Uri, header};
use serde::Deserialize;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::{Content, Ref, RefOr, Response as Description, ResponseBuilder, ResponsesBuilder};
use utoipa::{IntoParams, IntoResponses, PartialSchema};

use kernel::error::Error;
use kernel::time::Timestamp;
use kernel::{Entity, Operation};
use platform::app::App;
use platform::audit::{self, FieldChange, Kept, Subject};
use platform::caller::Caller;
use platform::page::{self, Page, PageRequest};

/// Number of rows on a page, unless they are too long.
const ROWS: usize = 500;
/// Maximum page size in bytes: 2 MiB. A Lambda response is limited to 6 MB, and base64 takes up a quarter of that.
const MAX_BYTES: usize = 2 * 1024 * 1024;
/// Number of rows on the page.
const ROW_COUNT: HeaderName = HeaderName::from_static("x-row-count");

/// Query of an export without filters.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// Cursor from the `Link` header of the previous page.
    pub cursor: Option<String>,
}

/// A list that can be exported, with its filters.
pub trait Export: Sync {
    /// The operation in the audit trail.
    const OPERATION: Operation;
    /// File name without its extension.
    const FILE: &'static str;
    /// A row of the export.
    type Row: Row + Send + Sync;

    /// Subject of the export's audit record.
    fn subject(&self, caller: &Caller) -> Subject {
        Subject::new(Entity::User, caller.id)
    }

    /// The cursor of the page to read.
    fn cursor(&self) -> Option<&String>;

    /// Reads one page of the list, if the caller can export it.
    fn read(
        &self,
        app: &App,
        caller: &Caller,
        request: &PageRequest,
    ) -> impl Future<Output = Result<Page<Self::Row>, Error>> + Send;
}

/// The requested URL, from which the next page's URL is built.
pub struct Here(Uri);

impl<S: Send + Sync> FromRequestParts<S> for Here {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let Ok(OriginalUri(uri)) = OriginalUri::from_request_parts(parts, state).await;
        Ok(Self(uri))
    }
}

impl Here {
    /// The query parameters except the cursor.
    fn filters(&self) -> impl Iterator<Item = (String, String)> {
        let pairs = form_urlencoded::parse(self.0.query().unwrap_or_default().as_bytes());
        pairs.into_owned().filter(|(name, _)| name != "cursor")
    }

    /// The same URL with another cursor.
    fn at(&self, cursor: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let query = query.extend_pairs(self.filters()).append_pair("cursor", cursor).finish();
        format!("{}?{query}", self.0.path())
    }
}

/// A page of a list as CSV.
pub struct Csv {
    file: &'static str,
    text: String,
    rows: usize,
    is_first: bool,
    next: Option<String>,
}

/// How long after its first page an export of everything may go on without another proof of identity, in seconds.
const MAX_SECONDS: i64 = 3600;

/// Where an export goes on.
struct Position {
    /// When its first page was read.
    begun_at: Timestamp,
    /// The cursor of the list behind it.
    after: String,
}

impl Position {
    fn write(&self) -> String {
        format!("{} {}", self.begun_at.as_second(), self.after)
    }

    fn read(text: &str) -> Result<Self, Error> {
        let (begun_at, after) =
            text.split_once(' ').ok_or_else(|| Error::internal("an export cursor without a time"))?;
        let begun_at = begun_at.parse().map_err(Error::defect)?;
        Ok(Self { begun_at: Timestamp::from_second(begun_at), after: after.into() })
    }
}

/// Returns one page of an export. The read is recorded before the page is returned: who, which list, the filters and the number of rows.
///
/// A page whose rows are too long for one response is read once more with fewer rows.
pub async fn page<E: Export>(app: &App, caller: &Caller, here: &Here, export: &E) -> Result<Csv, Error> {
    let is_first = export.cursor().is_none();
    // A list's cursor would skip the first page, and what is asked before it.
    let place = format!("export/{}/{}", E::OPERATION.as_str(), caller.session_id);
    let (begun_at, after) = match export.cursor() {
        None => (Timestamp::now(), None),
        Some(cursor) => {
            let position = Position::read(&page::open_position(app, &place, cursor).await?)?;
            (position.begun_at, Some(position.after))
        }
    };
    let mut most = ROWS;
    let (page, text) = loop {
        let page = export.read(app, caller, &PageRequest::exactly(most, after.clone())).await?;
        let text = sheet::write(&page.items, is_first)?;
        if text.len() <= MAX_BYTES || most == 1 {
            break (page, text);
        }
        most = (most / 4).max(1);
    };
    // Asked after the role, which `read` checks. A long export takes longer than a proof of identity lasts, so the first page asks for all
    // pages within the hour.
    let asks = is_first || begun_at.plus_seconds(MAX_SECONDS) < Timestamp::now();
    if asks && is_of_everything(E::OPERATION) {
        caller.recently_authenticated()?;
    }
    let rows = page.items.len();
    let kept = |field: String, text: &str| FieldChange {
        field,
        before: None,
        after: Some(Kept::Text(text.chars().take(300).collect())),
    };
    let mut record: Vec<FieldChange> = here.filters().map(|(name, value)| kept(name, &value)).collect();
    record.push(kept("page".into(), if is_first { "first" } else { "next" }));
    record.push(kept("rows".into(), &rows.to_string()));
    audit::access(app, &caller.actor, E::OPERATION, export.subject(caller), record).await?;
    let next = match page.next_cursor {
        Some(after) => {
            let position = Position { begun_at, after };
            Some(here.at(&page::seal_position(app, &place, &position.write()).await?))
        }
        None => None,
    };
    Ok(Csv { file: E::FILE, text, rows, is_first, next })
}

/// Whether an export takes away all that the caller may see of the investors, the users or the audit trail.
fn is_of_everything(operation: Operation) -> bool {
    matches!(operation, Operation::AuditExport | Operation::InvestorExport | Operation::UserExport)
}

impl IntoResponses for Csv {
    /// The OpenAPI responses of every export: a page, or a problem.
    fn responses() -> BTreeMap<String, RefOr<Description>> {
        let header = |schema, text: &str| HeaderBuilder::new().schema(Some(schema)).description(Some(text)).build();
        let page = ResponseBuilder::new()
            .content("text/csv", Content::new(Some(String::schema())))
            .header(
                "Link",
                header(String::schema(), "URL of the next page, with rel=\"next\"; absent on the last page."),
            )
            .header("X-Row-Count", header(u64::schema(), "Number of rows on this page."));
        let problem = Content::new(Some(Ref::from_schema_name("Problem")));
        let problem = ResponseBuilder::new().content("application/json", problem);
        ResponsesBuilder::new().response("200", page).response("4XX", problem).build().into()
    }
}

impl IntoResponse for Csv {
    fn into_response(self) -> Response {
        let header = if self.is_first { "present" } else { "absent" };
        let link = self.next.map(|next| format!("<{next}>; rel=\"next\""));
        let fields = [
            (header::CONTENT_TYPE, Some(format!("text/csv; charset=utf-8; header={header}"))),
            (header::CONTENT_DISPOSITION, Some(format!("attachment; filename=\"{}.csv\"", self.file))),
            (header::LINK, link),
            (ROW_COUNT, Some(self.rows.to_string())),
        ];
        let mut response = self.text.into_response();
        for (name, value) in fields {
            if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}
