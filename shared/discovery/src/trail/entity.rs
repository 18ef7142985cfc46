//! Where each kind of entity lives.

use investor_relations::reminder;
use platform::table::Key;
use product_development::product;

/// Where the entity of an audit record lives; none for what is not an entity.
#[must_use]
pub(super) fn entity_key(entity_type: &str, id: &str, parent: Option<&str>) -> Option<Key> {
    match entity_type {
        "user" => Some(Key::new(format!("USER#{id}"), "USER")),
        "investor" => Some(Key::new(format!("INVESTOR#{id}"), "INVESTOR")),
        "activity" => parent.map(|investor| Key::new(format!("INVESTOR#{investor}"), format!("ACTIVITY#{id}"))),
        "investment" => {
            parent.map(|investor| Key::new(format!("INVESTOR#{investor}"), format!("HOLDING#INVESTMENT#{id}")))
        }
        "cash_flow" => parent.map(|investor| Key::new(format!("INVESTOR#{investor}"), format!("HOLDING#FLOW#{id}"))),
        "document" => parent.map(|investor| Key::new(format!("INVESTOR#{investor}"), format!("DOCUMENT#{id}"))),
        "reminder" => parent.and_then(|investor| reminder::key(investor.parse().ok()?, id.parse().ok()?)),
        "product" => Some(Key::new(format!("PRODUCT#{id}"), "PRODUCT")),
        below if product::ENTITIES.contains(&below) => {
            parent.map(|product| Key::new(format!("PRODUCT#{product}"), format!("{}#{id}", entity_type.to_uppercase())))
        }
        "import" => Some(Key::new(format!("IMPORT#{id}"), "IMPORT")),
        _ => None,
    }
}
