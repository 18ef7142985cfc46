//! Items that rows of an export refer to: read for a whole page at once.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use kernel::ItemType;
use kernel::error::Error;
use kernel::id::{MilestoneId, ProductId, RequirementId, TaskId};
use platform::app::App;
use platform::table::{self, Item, Key};
use product_development::task::{self, TaskCard};
use product_development::{milestone, requirement};

/// A sortable key.
pub(super) type Place = (String, String);

/// Makes a key sortable.
pub(super) fn place(key: Key) -> Place {
    (key.pk, key.sk)
}

/// Related items that a page of rows needs, by sort key.
pub(super) struct RelatedItems {
    product: ProductId,
    items: BTreeMap<String, Item>,
}

impl RelatedItems {
    /// Reads the items at `keys`. One round trip.
    pub(super) async fn read(app: &App, product: ProductId, keys: BTreeSet<Place>) -> Result<Self, Error> {
        let keys: Vec<Key> = keys.into_iter().map(|(pk, sk)| Key::new(pk, sk)).collect();
        let found = if keys.is_empty() { Vec::new() } else { app.table().get_many(keys).await? };
        let sk = |item: &Item| table::text(item, "sk").unwrap_or_default().to_owned();
        Ok(Self { product, items: found.into_iter().map(|item| (sk(&item), item)).collect() })
    }

    /// The record stored at `key`, unless it has been deleted.
    pub(super) fn data<T: serde::de::DeserializeOwned>(&self, kind: ItemType, key: &Key) -> Result<Option<T>, Error> {
        let found = self.items.get(&key.sk).filter(|item| table::item_type(item) == Some(kind));
        found.map(|item| table::read(item, "data")).transpose()
    }

    /// A task, unless it has been deleted.
    pub(super) fn task(&self, id: TaskId) -> Result<Option<TaskCard>, Error> {
        self.items.get(&task::task_key(self.product, id).sk).map_or(Ok(None), task::card_of)
    }

    /// Display name of a requirement.
    pub(super) fn requirement(&self, id: RequirementId) -> Option<String> {
        let found = self.items.get(&requirement::item_key(self.product, id).sk)?;
        requirement::card_of(found).ok().flatten().map(|card| card.reference)
    }

    /// Name of a milestone.
    pub(super) fn milestone(&self, id: MilestoneId) -> Option<String> {
        #[derive(Deserialize)]
        struct Named {
            name: String,
        }
        let found = self.items.get(&milestone::item_key(self.product, id).sk)?;
        table::read::<Named>(found, "card").ok().map(|card| card.name)
    }
}
