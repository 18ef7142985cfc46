//! Counting: brings the contribution of a task or a requirement up to date with its current state.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::contribution::Contribution;
use super::requirement::CountedRequirement;
use crate::product::{self, ProductCard};
use crate::task::{self, Transition};
use kernel::error::Error;
use kernel::policy::Action;
use people::live::{self, Audience, Event};
use platform::app::App;
use platform::counters::{Marker, begin, commit, committed_or_wait, forget_marker, marker_key, read_all};
use platform::retry::{Policy, Retry};
use platform::table::{self, Item, Key};

/// Counts the current state of the task at `key` and notifies connected clients.
pub async fn count_task(app: &App, key: &Key) -> Result<(), Error> {
    let mut retry = Retry::new(Policy::Counter);
    loop {
        let Some(state) = CountState::<Contribution>::read(app, key).await? else { return Ok(()) };
        let target = match &state.item {
            Some(item) => contribution(item)?,
            None => Contribution::default(),
        };
        let before = state.marker.counted.clone().unwrap_or_default();
        if before == target {
            return Ok(());
        }
        let (next, moves) = before.step_to(&target, state.product.id);
        let counted = Some(&next).filter(|next| !next.is_empty());
        let Some(mut transaction) = begin(&state.marker, key, counted)? else { return Ok(()) };
        match next.waiting_since(&before, state.product.id)? {
            Some((_, Some(draft))) => transaction.put(draft),
            Some((key, None)) => transaction.delete(key),
            None => {}
        }
        if committed_or_wait(commit(app, transaction, moves).await, &mut retry).await? && next == target {
            return announce(app, &state.product).await;
        }
    }
}

/// The contribution of the task in an item; empty once it is deleted.
fn contribution(item: &Item) -> Result<Contribution, Error> {
    let Some(card) = task::card_of(item)? else { return Ok(Contribution::default()) };
    let transitions: Vec<Transition> = table::read(item, "transitions")?;
    Contribution::of(&card, &transitions)
}

/// Counts the current state of the requirement at `key` and notifies connected clients.
pub async fn count_requirement(app: &App, key: &Key) -> Result<(), Error> {
    let mut retry = Retry::new(Policy::Counter);
    loop {
        let Some(state) = CountState::<CountedRequirement>::read(app, key).await? else { return Ok(()) };
        let counted = state.marker.counted.as_ref();
        let now = match &state.item {
            Some(item) => CountedRequirement::next(app, key, counted, item).await?,
            None => None,
        };
        let Some(transaction) = begin(&state.marker, key, now.as_ref())? else { return Ok(()) };
        let worth = |counted: Option<&CountedRequirement>| counted.map(CountedRequirement::worth).unwrap_or_default();
        let (_, moves) = worth(counted).step_to(&worth(now.as_ref()), state.product.id);
        if committed_or_wait(commit(app, transaction, moves).await, &mut retry).await? {
            return announce(app, &state.product).await;
        }
    }
}

/// The input for counting, read at one point in time.
struct CountState<T> {
    item: Option<Item>,
    product: ProductCard,
    marker: Marker<T>,
}

impl<T: Serialize + DeserializeOwned> CountState<T> {
    /// Reads the item, its marker and its product. `None` if the product is deleted or being deleted: its figures are removed as a whole,
    /// and only the marker remains to be removed.
    async fn read(app: &App, key: &Key) -> Result<Option<Self>, Error> {
        let keys = [key.clone(), marker_key(key), product::key_in(&key.pk)];
        let [item, marker, product] = read_all(app, keys).await?;
        let card = product.as_ref().map(product::card_of).transpose()?.flatten();
        if let Some(product) = card.filter(|product| product.deleted_at.is_none()) {
            return Ok(Some(Self { item, product, marker: Marker::open(marker.as_ref())? }));
        }
        forget_marker(app, marker.is_some(), key).await?;
        Ok(None)
    }
}

/// Tells the product's team that its figures have changed.
async fn announce(app: &App, product: &ProductCard) -> Result<(), Error> {
    let event = Event::Changed {
        event_id: kernel::id::new(),
        entity_type: "product_analytics".into(),
        entity_id: product.id.to_string(),
        parent_id: None,
        version: 1,
        action: "product_analytics_counted".into(),
    };
    live::publish(
        app,
        event,
        Audience::team(Action::ProductAnalyticsRead, product.owner_id, product.member_ids.clone()),
    )
    .await
}
