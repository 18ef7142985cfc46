//! Reading and downloading documents.

use serde::Deserialize;
use utoipa::IntoParams;

use super::item::{self, DOCUMENTS};
use super::{Document, DocumentDetail};
use crate::investor;
use kernel::error::Error;
use kernel::id::{DocumentId, InvestmentId, InvestorId};
use kernel::policy::Action;
use kernel::{Entity, Operation};
use platform::app::App;
use platform::audit::{self, Head, Subject};
use platform::caller::Caller;
use platform::keys::SubjectKey;
use platform::page::{List, Order, Page, PageRequest, Source};
use platform::upload::{self, Disposition, Download, Holder, Status};

/// Filters and paging for an investor's documents.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DocumentQuery {
    /// Only documents about this investment.
    #[param(value_type = Option<String>, format = Uuid)]
    pub investment_id: Option<InvestmentId>,
    /// Number of items per page, 1 to 100. Defaults to 25.
    #[param(minimum = 1, maximum = 100, default = 25)]
    pub limit: Option<usize>,
    /// `next_cursor` from the previous page.
    pub cursor: Option<String>,
}

/// Which version to download, and how.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DownloadQuery {
    /// Version number. Defaults to the newest available version.
    pub version: Option<u32>,
    /// Whether a browser displays the file or saves it. Defaults to `attachment`.
    #[param(inline)]
    pub disposition: Option<Disposition>,
}

/// A loaded document, with everything needed to change it.
pub(super) struct LoadedDocument {
    pub(super) document: Document,
    pub(super) card: item::DocumentCard,
    pub(super) head: Head,
    pub(super) cipher: SubjectKey,
}

/// Loads the investor (for permissions and the data key) and the document concurrently. A document that cannot be downloaded
/// yet is visible only to its creator.
pub(super) async fn load(
    app: &App,
    caller: &Caller,
    action: Action,
    investor_id: InvestorId,
    id: DocumentId,
) -> Result<LoadedDocument, Error> {
    let (loaded, found) =
        tokio::join!(investor::load(app, caller, action, investor_id), app.table().get(item::key(investor_id, id)));
    let cipher = loaded?.cipher;
    let absent = || Error::NotFound { what: "document" };
    let holder = DOCUMENTS.open::<item::DocumentCard>(&found?.ok_or_else(absent)?)?;
    let Holder { card, version, head } = holder.ok_or_else(absent)?;
    if card.status != Status::Available && card.created_by != caller.id {
        return Err(absent());
    }
    let document = item::open(&card, version, &cipher)?;
    Ok(LoadedDocument { document, card, head, cipher })
}

fn subject(investor_id: InvestorId, id: DocumentId) -> Subject {
    Subject::new(Entity::Document, id).within(investor_id)
}

/// Returns one document with its versions. The access to personal data is audited before the data is returned.
pub async fn get(app: &App, caller: &Caller, investor_id: InvestorId, id: DocumentId) -> Result<DocumentDetail, Error> {
    let list = item::version_list(investor_id, id, Order::Descending);
    let (loaded, found) =
        tokio::join!(load(app, caller, Action::DocumentRead, investor_id, id), upload::version_items(app, &list));
    let LoadedDocument { document, cipher, .. } = loaded?;
    let mut versions = Vec::new();
    for found in found? {
        if let Some(file) = item::file_of(&found)? {
            versions.push(item::open_file(id, &file, &cipher)?);
        }
    }
    audit::access(app, &caller.actor, Operation::DocumentGet, subject(investor_id, id), Vec::new()).await?;
    Ok(DocumentDetail { document, versions })
}

/// Lists the documents that can be downloaded and the caller's own unfinished ones, newest first.
fn visible(investor_id: InvestorId, caller: &Caller) -> List {
    let source = Source::index("gsi2", item::list_partition(investor_id));
    let mut list = List::new("documents", source, Order::Descending);
    list.sources.push(Source::index("gsi2", item::unfinished(investor_id, caller.id)));
    list
}

/// Returns the newest documents, at most `most`, and whether there are more. The calling function must check permissions and
/// audit the access.
pub async fn newest(
    app: &App,
    caller: &Caller,
    investor_id: InvestorId,
    cipher: &SubjectKey,
    most: usize,
) -> Result<(Vec<Document>, bool), Error> {
    let (items, more) = visible(investor_id, caller).read(app, None, most).await?;
    let documents = items.iter().map(|found| item::open_card(found, cipher)).collect::<Result<_, _>>()?;
    Ok((documents, more.is_some()))
}

/// Returns one page of an investor's documents, newest first: those that can be downloaded and the caller's own unfinished
/// ones. The access is audited before the page is returned.
pub async fn list(
    app: &App,
    caller: &Caller,
    investor_id: InvestorId,
    query: &DocumentQuery,
) -> Result<Page<Document>, Error> {
    let request = PageRequest::new(query.limit, query.cursor.clone());
    let mut list = visible(investor_id, caller);
    if let Some(investment) = query.investment_id {
        list = list.filter("card.investment_id", &investment.to_string());
    }
    let page = page(app, caller, Action::DocumentRead, investor_id, &list, &request).await?;
    audit::access(app, &caller.actor, Operation::DocumentList, Subject::new(Entity::Investor, investor_id), Vec::new())
        .await?;
    Ok(page)
}

/// Returns one page of an investor's documents if the caller may perform `action`. The calling function must audit the access.
pub async fn read(
    app: &App,
    caller: &Caller,
    action: Action,
    investor_id: InvestorId,
    request: &PageRequest,
) -> Result<Page<Document>, Error> {
    page(app, caller, action, investor_id, &visible(investor_id, caller), request).await
}

async fn page(
    app: &App,
    caller: &Caller,
    action: Action,
    investor_id: InvestorId,
    list: &List,
    request: &PageRequest,
) -> Result<Page<Document>, Error> {
    let loaded = investor::load(app, caller, action, investor_id);
    let (loaded, page) = tokio::join!(loaded, list.page(app, request));
    let cipher = loaded?.cipher;
    page?.try_map(|found| item::open_card(&found, &cipher))
}

/// Returns a short-lived URL for downloading a version. The access is audited before the URL is returned.
pub async fn download(
    app: &App,
    caller: &Caller,
    investor_id: InvestorId,
    id: DocumentId,
    query: &DownloadQuery,
) -> Result<Download, Error> {
    let LoadedDocument { card, cipher, .. } = load(app, caller, Action::DocumentRead, investor_id, id).await?;
    let file = match query.version {
        Some(number) if number != card.file.number => {
            let found = app.table().get(item::version_key(investor_id, id, number)).await?;
            let found = found.ok_or(Error::NotFound { what: "version" })?;
            item::file_of(&found)?.ok_or(Error::NotFound { what: "version" })?
        }
        _ => card.file,
    };
    let inline = file.inline(query.disposition)?;
    let accessed = file.downloaded();
    audit::access(app, &caller.actor, Operation::DocumentDownload, subject(investor_id, id), accessed).await?;
    let name = item::file_name(id, &file, &cipher)?;
    upload::download(app, &item::places(investor_id, id, file.number).released, &name, file.content_type, inline).await
}
