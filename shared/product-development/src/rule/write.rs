//! Creates, updates and deletes rules.

use super::{MAX_RULES, NewRule, Rule, RulePatch, item};
use crate::product;
use kernel::Operation;
use kernel::error::Error;
use kernel::id::{ProductId, RuleId};
use kernel::policy::Action;
use kernel::time::Timestamp;
use platform::Work;
use platform::app::App;
use platform::audit::Head;
use platform::caller::Caller;
use platform::idempotency::{self, StoredAnswer};
use platform::page::Page;
use platform::table;

/// A rule as read.
struct LoadedRule {
    rule: Rule,
    head: Head,
}

/// Lists the rules of a product, oldest first. One round trip in addition to the product's own.
pub async fn list(app: &App, caller: &Caller, product_id: ProductId) -> Result<Page<Rule>, Error> {
    read(app, caller, Action::ProductRead, product_id).await
}

/// Lists the rules of a product in which the caller is permitted to `action`.
pub async fn read(app: &App, caller: &Caller, action: Action, product_id: ProductId) -> Result<Page<Rule>, Error> {
    let (loaded, items) = tokio::join!(product::load(app, caller, action, product_id), all(app, product_id));
    loaded?;
    Ok(Page { items: items?, next_cursor: None })
}

/// The rules of a product, without a permission check.
pub(super) async fn all(app: &App, product_id: ProductId) -> Result<Vec<Rule>, Error> {
    let mut rules = Vec::new();
    let mut after = None;
    loop {
        let (items, next) = item::all(product_id).read(app, after.as_deref(), 250).await?;
        for found in &items {
            rules.extend(item::open(found)?);
        }
        match next {
            Some(next) => after = Some(next),
            None => return Ok(rules),
        }
    }
}

/// Creates a rule. Three round trips: the product, its rules, the transaction.
pub async fn create(app: &App, caller: &Caller, product_id: ProductId, new: NewRule) -> Result<StoredAnswer, Error> {
    let scope = caller.allow(Action::RuleWrite)?;
    if let Some(answer) = idempotency::replay(app, caller).await? {
        return Ok(answer);
    }
    let loaded = product::load(app, caller, Action::RuleWrite, product_id);
    let (loaded, rules) = tokio::join!(loaded, all(app, product_id));
    loaded?.writable()?;
    if rules?.len() >= MAX_RULES {
        return Err(Error::state(format!("A product can have at most {MAX_RULES} rules.")));
    }
    let now = Timestamp::now();
    let rule = Rule {
        id: RuleId::new(),
        version: 1,
        created_at: now,
        updated_at: now,
        product_id,
        name: new.name,
        enabled: new.enabled.unwrap_or(true),
        when: new.when,
        then: new.then,
        acts_for: caller.id,
        acts_for_name: caller.actor.name.clone(),
    }
    .checked()?;
    let mut work = Work::new(app, caller, Operation::RuleCreate);
    product::require(&mut work, caller, Action::RuleWrite, scope, product_id);
    let head = work.record_plain(None, &rule)?;
    work.create(item::draft(&rule, &head)?, |_| Error::internal("a new rule's ID already exists"));
    let location = format!("/api/products/{product_id}/rules/{}", rule.id);
    let answer = StoredAnswer::created(location, rule.version, &rule)?;
    work.answer(answer).await
}

/// Loads the rule at `version`, in a product whose rules the caller can write, and begins the work that requires this.
async fn at_version<'a>(
    app: &'a App,
    caller: &'a Caller,
    operation: Operation,
    product_id: ProductId,
    id: RuleId,
    version: u64,
) -> Result<(LoadedRule, Work<'a>), Error> {
    let scope = caller.allow(Action::RuleWrite)?;
    let loaded = product::load(app, caller, Action::RuleWrite, product_id);
    let (loaded, found) = tokio::join!(loaded, app.table().get(item::key(product_id, id)));
    loaded?.writable()?;
    let found = found?.ok_or(Error::NotFound { what: "rule" })?;
    let rule = item::open(&found)?.ok_or(Error::NotFound { what: "rule" })?;
    if rule.version != version {
        return Err(Error::StaleVersion);
    }
    let mut work = Work::new(app, caller, operation);
    product::require(&mut work, caller, Action::RuleWrite, scope, product_id);
    Ok((LoadedRule { rule, head: table::read(&found, "audit_head")? }, work))
}

/// Updates a rule that is still at `version`. From then on it acts on behalf of the caller.
pub async fn update(
    app: &App,
    caller: &Caller,
    product_id: ProductId,
    id: RuleId,
    version: u64,
    patch: RulePatch,
) -> Result<Rule, Error> {
    let (before, mut work) = at_version(app, caller, Operation::RuleUpdate, product_id, id, version).await?;
    let after = patch.apply(before.rule.clone()).checked()?;
    if after == before.rule {
        return Ok(after);
    }
    let after = Rule {
        version: version + 1,
        updated_at: Timestamp::now(),
        acts_for: caller.id,
        acts_for_name: caller.actor.name.clone(),
        ..after
    };
    let head = work.record_plain(Some((&before.rule, &before.head)), &after)?;
    work.replace(item::draft(&after, &head)?, version);
    work.commit().await?;
    Ok(after)
}

/// Deletes a rule that is still at `version`. Its audit chain is kept.
pub async fn delete(app: &App, caller: &Caller, product_id: ProductId, id: RuleId, version: u64) -> Result<(), Error> {
    let (before, mut work) = at_version(app, caller, Operation::RuleDelete, product_id, id, version).await?;
    let after = Rule { version: version + 1, ..before.rule.clone() };
    let head = work.record_plain(Some((&before.rule, &before.head)), &after)?;
    work.replace(item::tombstone(&after, &head)?, version);
    work.commit().await
}
