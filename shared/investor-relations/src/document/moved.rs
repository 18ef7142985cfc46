//! Moving a document to another investor as part of a merge.

use super::item;
use kernel::error::Error;
use kernel::id::{DocumentId, InvestorId};
use platform::app::App;
use platform::cipher::Cipher;
use platform::page::Order;
use platform::table::Transaction;
use platform::upload;

/// Number of versions written per transaction. `DynamoDB` allows 100 writes.
const AT_ONCE: usize = 50;

/// Copies a document's versions to another investor, sealed with that investor's key, before the document itself moves. This is
/// idempotent until the document has moved: without the document, nobody can find the versions.
pub(crate) async fn copy_versions(
    app: &App,
    (from, from_cipher): (InvestorId, &Cipher),
    into: (InvestorId, &Cipher),
    id: DocumentId,
) -> Result<(), Error> {
    let items = upload::version_items(app, &item::version_list(from, id, Order::Ascending)).await?;
    for batch in items.chunks(AT_ONCE) {
        let mut transaction = Transaction::new();
        for version in batch {
            if let Some(draft) = item::moved_version(version, id, from_cipher, into)? {
                transaction.put(draft);
            }
        }
        if !transaction.is_empty() {
            app.table().commit(transaction).await?;
        }
    }
    Ok(())
}
