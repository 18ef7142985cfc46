//! Reads lists: merges their sources by position, page by page.

use aws_sdk_dynamodb::operation::query::QueryOutput;
use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::try_join_all;

use super::filter::{self, Filter, Test};
use super::{Order, Page, PageRequest, Source, open_position, seal_position};
use crate::app::App;
use crate::table::{self, Item};
use kernel::error::Error;

/// Maximum number of queries per page when a filter drops items; after that the page is short and has a cursor.
const QUERIES: usize = 6;

/// A list: one or more sources merged by position, optionally filtered and bounded.
#[derive(Debug, Clone)]
pub struct List {
    /// Name of the list, including everything that determines its contents; a cursor is valid only for the same name.
    pub name: String,
    /// The entity or partition that the list covers (usually its first partition); cursors are bound to it too.
    pub scope: String,
    /// The sources to read from.
    pub sources: Vec<Source>,
    /// Its order.
    pub order: Order,
    /// Conditions on the items, such as `card.tier` equal to `gold`.
    pub filters: Vec<Filter>,
    /// Lowest position, inclusive.
    pub from: Option<String>,
    /// Highest position, inclusive.
    pub to: Option<String>,
    /// Whether to read with strong consistency; only possible on the table itself, at twice the cost.
    pub consistent: bool,
}

impl List {
    /// An unfiltered list over a single source.
    pub fn new(name: impl Into<String>, source: Source, order: Order) -> Self {
        let scope = source.pk.clone();
        Self {
            name: name.into(),
            scope,
            sources: vec![source],
            order,
            filters: Vec::new(),
            from: None,
            to: None,
            consistent: false,
        }
    }

    /// Keeps only items whose text attribute at `path` equals `value`.
    #[must_use]
    pub fn filter(mut self, path: &str, value: &str) -> Self {
        self.filters.push(Filter { path: path.into(), value: value.into(), test: Test::Equals });
        self
    }

    /// Keeps only items whose text attribute at `path` does not equal `value`.
    #[must_use]
    pub fn without(mut self, path: &str, value: &str) -> Self {
        self.filters.push(Filter { path: path.into(), value: value.into(), test: Test::Differs });
        self
    }

    /// Keeps only items whose list (or text) at `path` contains `value`.
    #[must_use]
    pub fn containing(mut self, path: &str, value: &str) -> Self {
        self.filters.push(Filter { path: path.into(), value: value.into(), test: Test::Contains });
        self
    }

    /// Keeps only items whose text at `path` sorts before `value`.
    #[must_use]
    pub fn before(mut self, path: &str, value: &str) -> Self {
        self.filters.push(Filter { path: path.into(), value: value.into(), test: Test::Before });
        self
    }

    /// Keeps only items whose attribute at `path` is null.
    #[must_use]
    pub fn null(mut self, path: &str) -> Self {
        self.filters.push(Filter { path: path.into(), value: "NULL".into(), test: Test::IsNull });
        self
    }

    fn cursor_place(&self) -> String {
        let filters: Vec<String> = self.filters.iter().map(Filter::place).collect();
        format!("cursor/{}/{}/{}", self.name, self.scope, filters.join("&"))
    }

    /// One page of the list.
    pub async fn page(&self, app: &App, request: &PageRequest) -> Result<Page<Item>, Error> {
        let limit = request.limit()?;
        let after = match &request.cursor {
            Some(cursor) => Some(self.open_cursor(app, cursor).await?),
            None => None,
        };
        let (items, next) = self.read(app, after.as_deref(), limit).await?;
        let next_cursor = match next {
            Some(position) => Some(self.seal_cursor(app, &position).await?),
            None => None,
        };
        Ok(Page { items, next_cursor })
    }

    /// Returns one page of a list whose sources follow one another (months, newest first): a source is read only after those before
    /// it are exhausted.
    pub async fn page_in_turn(&self, app: &App, request: &PageRequest) -> Result<Page<Item>, Error> {
        let limit = request.limit()?;
        let mut after = match &request.cursor {
            Some(cursor) => Some(self.open_cursor(app, cursor).await?),
            None => None,
        };
        let mut items = Vec::new();
        for source in &self.sources {
            // A source whose newest possible position is later than the cursor's contains only items that were already returned.
            let month = source.pk.rsplit('#').next().unwrap_or_default();
            if after.as_deref().is_some_and(|after| &after[..after.len().min(month.len())] < month) {
                continue;
            }
            let one = Self { sources: vec![source.clone()], ..self.clone() };
            let (mut part, next) = one.read(app, after.as_deref(), limit - items.len()).await?;
            items.append(&mut part);
            if let Some(next) = next {
                return Ok(Page { items, next_cursor: Some(self.seal_cursor(app, &next).await?) });
            }
            if items.len() >= limit {
                // The source ended exactly here; the next source continues from its last position.
                after = items.last().map(|item| source.position(item).to_owned());
                let Some(position) = after else { break };
                let older = self.sources.last().is_some_and(|last| last.pk != source.pk);
                let next_cursor = if older { Some(self.seal_cursor(app, &position).await?) } else { None };
                return Ok(Page { items, next_cursor });
            }
        }
        Ok(Page { items, next_cursor: None })
    }

    /// Reads up to `limit` items after the position `after`, and returns the position to continue from if there may be more.
    pub async fn read(
        &self,
        app: &App,
        after: Option<&str>,
        limit: usize,
    ) -> Result<(Vec<Item>, Option<String>), Error> {
        let parts = try_join_all(self.sources.iter().map(|source| self.read_source(app, source, after, limit))).await?;
        let comes_first = |a: &str, b: &str| match self.order {
            Order::Ascending => a < b,
            Order::Descending => a > b,
        };
        // Items beyond the point up to which every source has been read must not be returned yet.
        let mut frontier: Option<String> = None;
        let mut merged: Vec<(String, Item)> = Vec::new();
        for part in parts {
            if let Some(end) = part.frontier
                && frontier.as_deref().is_none_or(|f| comes_first(&end, f))
            {
                frontier = Some(end);
            }
            merged.extend(part.items);
        }
        merged.sort_by(|(a, _), (b, _)| if self.order == Order::Ascending { a.cmp(b) } else { b.cmp(a) });
        if let Some(frontier) = &frontier {
            merged.retain(|(position, _)| !comes_first(frontier, position));
        }
        let next = if merged.len() > limit { merged.get(limit - 1).map(|(p, _)| p.clone()) } else { frontier };
        merged.truncate(limit);
        Ok((merged.into_iter().map(|(_, item)| item).collect(), next))
    }

    async fn read_source(&self, app: &App, source: &Source, after: Option<&str>, limit: usize) -> Result<Part, Error> {
        let mut part = Part { items: Vec::new(), frontier: None };
        let mut start = None;
        // Reading one more than requested shows whether there is a next page; the start position is read again and dropped.
        let wanted = limit + 1;
        for _ in 0..QUERIES {
            let read =
                if self.filters.is_empty() { wanted - part.items.len() + usize::from(after.is_some()) } else { 250 };
            let answer = self.query(app, source, after, read, start.take()).await?;
            for item in answer.items.unwrap_or_default() {
                let position = source.position(&item).to_owned();
                if after != Some(position.as_str()) {
                    part.items.push((position, item));
                }
            }
            start = answer.last_evaluated_key;
            if part.items.len() >= wanted || start.is_none() {
                break;
            }
        }
        if let Some(last) = start {
            let end = if part.items.len() >= wanted { part.items.last().map(|(p, _)| p.clone()) } else { None };
            part.frontier = Some(end.unwrap_or_else(|| source.position(&last).to_owned()));
        }
        Ok(part)
    }

    async fn query(
        &self,
        app: &App,
        source: &Source,
        after: Option<&str>,
        limit: usize,
        start: Option<Item>,
    ) -> Result<QueryOutput, Error> {
        // DynamoDB rejects an empty string as a key, even as a bound.
        let (mut low, mut high) =
            (self.from.clone().unwrap_or("\0".into()), self.to.clone().unwrap_or("\u{10FFFF}".into()));
        if let Some(after) = after {
            match self.order {
                Order::Ascending => low = after.max(&low).to_owned(),
                Order::Descending => high = after.min(&high).to_owned(),
            }
        }
        // DynamoDB rejects an empty range; a range from a position to itself contains only what was already returned.
        let low = low.min(high.clone());
        let pk = source.index.map_or_else(|| "pk".into(), |index| format!("{index}pk"));
        let query = app
            .table()
            .client()
            .query()
            .table_name(app.table().name())
            .set_index_name(source.index.map(str::to_owned))
            .key_condition_expression("#pk = :pk AND #sk BETWEEN :low AND :high")
            .expression_attribute_names("#pk", pk)
            .expression_attribute_names("#sk", source.sort_attribute())
            .expression_attribute_values(":pk", AttributeValue::S(source.pk.clone()))
            .expression_attribute_values(":low", AttributeValue::S(format!("{}{low}", source.prefix)))
            .expression_attribute_values(":high", AttributeValue::S(format!("{}{high}", source.prefix)))
            .consistent_read(self.consistent)
            .scan_index_forward(self.order == Order::Ascending)
            .limit(i32::try_from(limit).unwrap_or(1000))
            .set_exclusive_start_key(start);
        filter::narrowed(query, &self.filters).send().await.map_err(table::failure)
    }

    async fn seal_cursor(&self, app: &App, position: &str) -> Result<String, Error> {
        seal_position(app, &self.cursor_place(), position).await
    }

    async fn open_cursor(&self, app: &App, cursor: &str) -> Result<String, Error> {
        open_position(app, &self.cursor_place(), cursor).await
    }
}

struct Part {
    items: Vec<(String, Item)>,
    /// Where reading stopped, if the source has more.
    frontier: Option<String>,
}
