//! Fills the table with copies of one investor, including its list entries, bypassing the API: only the size matters here.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use platform::table::{Draft, Key};

use crate::support::Steward;

/// Maximum number of items per batch write.
const AT_ONCE: usize = 25;

type Item = HashMap<String, AttributeValue>;

pub async fn fill(steward: &Steward, model: &str, size: usize) {
    let table = steward.app().table();
    let investor = table.get(Key::new(format!("INVESTOR#{model}"), "INVESTOR")).await.unwrap().unwrap();
    let mut batch = Vec::new();
    for n in 0..size {
        let id = kernel::id::new().to_string();
        let name = format!("Investor {n:06}");
        let place = kernel::text::position(&name, &id);
        let mut copy = renamed(&investor, &id, &name);
        copy.insert("pk".into(), AttributeValue::S(format!("INVESTOR#{id}")));
        for index in ["gsi1sk", "gsi2sk"] {
            copy.insert(index.into(), AttributeValue::S(place.clone()));
        }
        for facet in ["tier#prospect", "status#active"] {
            let mut entry = renamed(&investor, &id, &name);
            entry.retain(|name, _| name == "card" || name == "version");
            entry.insert("pk".into(), AttributeValue::S(format!("LIST#INVESTORS#{facet}")));
            entry.insert("sk".into(), AttributeValue::S(place.clone()));
            batch.push(entry);
        }
        let card = platform::table::read(&copy, "card").unwrap();
        batch.extend(discovery::search::investor_entries(&card).unwrap().into_iter().map(Draft::into_item));
        batch.extend(
            investor_relations::investor::duplicates::entries(&copy).unwrap().into_iter().map(Draft::into_item),
        );
        batch.push(copy);
        write_full(steward, &mut batch).await;
    }
    write(steward, batch).await;
}

/// A copy without a type, so that it has no effects.
pub fn renamed(model: &Item, id: &str, name: &str) -> Item {
    let mut copy = model.clone();
    copy.remove("type");
    if let Some(AttributeValue::M(card)) = copy.get_mut("card") {
        card.insert("id".into(), AttributeValue::S(id.into()));
        card.insert("name".into(), AttributeValue::S(name.into()));
    }
    copy
}

/// Writes as many items as fill complete batches, and leaves the rest.
pub async fn write_full(steward: &Steward, items: &mut Vec<Item>) {
    while items.len() >= AT_ONCE {
        let rest = items.split_off(AT_ONCE);
        write(steward, std::mem::replace(items, rest)).await;
    }
}

pub async fn write(steward: &Steward, items: Vec<Item>) {
    if items.is_empty() {
        return;
    }
    let put = |item| WriteRequest::builder().put_request(PutRequest::builder().set_item(Some(item)).build().unwrap());
    let requests: Vec<_> = items.into_iter().map(|item| put(item).build()).collect();
    let client = steward.stack.dynamodb();
    let sent = client.batch_write_item().request_items(steward.app().table().name(), requests).send().await.unwrap();
    assert!(sent.unprocessed_items.is_none_or(|left| left.is_empty()));
}
