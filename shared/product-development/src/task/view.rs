//! Saved views: named filters of a product's tasks. Each belongs to one user.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::product;
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{ProductId, UserId, ViewId};
use kernel::policy::Action;
use kernel::text::{Message, Name};
use kernel::time::Timestamp;
use platform::app::App;
use platform::caller::Caller;
use platform::idempotency::{self, StoredAnswer};
use platform::page::{List, Order, Page, PageRequest, Source};
use platform::table::{self, Draft, Key, Transaction};

/// Maximum number of views per user and product.
const MOST: usize = 50;

/// A saved view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SavedView {
    /// The view's ID.
    pub id: ViewId,
    /// When the view was saved.
    pub created_at: Timestamp,
    /// Name given by the user.
    pub name: Name,
    /// The filters as in the page's URL query: `priority=high&label=ui`.
    pub query: Message,
}

/// A view to save.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewView {
    /// Name given by the user.
    pub name: Name,
    /// The filters as in the page's URL query, at most 2,000 characters.
    pub query: Message,
}

fn partition(user: UserId) -> String {
    format!("USER_VIEWS#{user}")
}

/// All users' views of a product, for its deletion.
#[must_use]
pub fn of_product(product: ProductId) -> List {
    List::new("views of a product", Source::index("gsi1", listed(product)), Order::Ascending)
}

/// Partition in `gsi1` of the views of a product.
fn listed(product: ProductId) -> String {
    format!("VIEWS#{product}")
}

fn prefix(product: ProductId) -> String {
    format!("PRODUCT#{product}#")
}

/// Lists the caller's views of a product, oldest first; there are at most 50.
pub async fn list(app: &App, caller: &Caller, product_id: ProductId) -> Result<Page<SavedView>, Error> {
    read(app, caller, Action::ProductRead, product_id).await
}

/// Lists the views of a caller permitted to `action`.
pub async fn read(app: &App, caller: &Caller, action: Action, product_id: ProductId) -> Result<Page<SavedView>, Error> {
    let request = PageRequest::exactly(MOST, None);
    let mut list = List::new("views", Source::table(partition(caller.id), prefix(product_id)), Order::Ascending);
    list.consistent = true;
    let (loaded, page) = tokio::join!(product::load(app, caller, action, product_id), list.page(app, &request));
    loaded?;
    page?.try_map(|item| table::read(&item, "data"))
}

/// Saves a view.
pub async fn create(app: &App, caller: &Caller, product_id: ProductId, new: NewView) -> Result<StoredAnswer, Error> {
    if list(app, caller, product_id).await?.items.len() >= MOST {
        if let Some(answer) = idempotency::replay(app, caller).await? {
            return Ok(answer);
        }
        return Err(Error::state(format!("You already have {MOST} saved views for this product. Remove one first.")));
    }
    let view = SavedView { id: ViewId::new(), created_at: Timestamp::now(), name: new.name, query: new.query };
    let key = Key::new(partition(caller.id), format!("{}{}", prefix(product_id), view.id));
    let mut transaction = Transaction::new();
    product::require_there(&mut transaction, product_id);
    let place = format!("{}#{}", caller.id, view.id);
    let draft = Draft::new(key, ItemType::TaskView, &view)?.index("gsi1", listed(product_id), place);
    transaction.create(draft, |_| Error::internal("a new view's ID already exists"));
    let location = format!("/api/products/{product_id}/views/{}", view.id);
    idempotency::commit(app, caller, transaction, StoredAnswer::created(location, 1, &view)?).await
}

/// Removes one of the caller's views.
pub async fn delete(app: &App, caller: &Caller, product_id: ProductId, id: ViewId) -> Result<(), Error> {
    if !list(app, caller, product_id).await?.items.iter().any(|view| view.id == id) {
        return Err(Error::NotFound { what: "view" });
    }
    let key = Key::new(partition(caller.id), format!("{}{id}", prefix(product_id)));
    let mut transaction = Transaction::new();
    transaction.delete(key);
    app.table().commit(transaction).await
}
