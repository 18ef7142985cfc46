//! How a milestone is stored.

use crate::app::App;
use crate::error::Error;
use crate::id::{MilestoneId, ProductId};
use crate::product;
use crate::table::{Key, Transaction};

/// Primary key of a milestone.
#[must_use]
pub fn item_key(product: ProductId, id: MilestoneId) -> Key {
    Key::new(product::partition(product), format!("MILESTONE#{id}"))
}

/// Makes the transaction conditional on the milestone being there: only one that is not deleted is in the list. The field
/// `milestone_id` is refused when it is gone.
pub fn require(app: &App, transaction: &mut Transaction, product: ProductId, id: MilestoneId) -> Result<(), Error> {
    app.table().require(transaction, item_key(product, id), "attribute_exists(gsi1pk)", &[], |_| {
        Error::field("milestone_id", "is not a milestone of this product")
    })
}
