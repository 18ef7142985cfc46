//! Lists: pages of index queries with an opaque, sealed cursor.

mod filter;
mod list;
mod source;

pub use filter::Filter;
pub use list::List;
pub use source::{Order, Source};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::cipher::Sealed;
use crate::keys::ShortLived;
use kernel::error::Error;

/// Maximum page size.
pub const MOST: usize = 100;

/// Parameters of every list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageRequest {
    /// Number of items per page, 1 to 100. Defaults to 25.
    #[param(minimum = 1, maximum = 100, default = 25)]
    pub limit: Option<usize>,
    /// The `next_cursor` of the previous page.
    pub cursor: Option<String>,
    /// Number of items that the code itself asks for; not subject to the limit for requests.
    #[serde(skip)]
    #[param(ignore)]
    exact: Option<usize>,
}

impl PageRequest {
    /// The page requested by a client.
    #[must_use]
    pub fn new(limit: Option<usize>, cursor: Option<String>) -> Self {
        Self { limit, cursor, exact: None }
    }

    /// A page of `items`, which may exceed the limit for requests; used by exports.
    #[must_use]
    pub fn exactly(items: usize, cursor: Option<String>) -> Self {
        Self { limit: None, cursor, exact: Some(items) }
    }

    /// For a list that has a single page, and so gave out no cursor: refuses any.
    pub fn single(&self) -> Result<(), Error> {
        if self.cursor.is_none() { Ok(()) } else { Err(foreign_cursor()) }
    }

    /// The validated number of items.
    pub fn limit(&self) -> Result<usize, Error> {
        if let Some(exact) = self.exact {
            return Ok(exact);
        }
        match self.limit {
            None => Ok(25),
            Some(limit) if (1..=MOST).contains(&limit) => Ok(limit),
            Some(_) => Err(Error::bad_parameter("limit", "must be between 1 and 100")),
        }
    }
}

/// One page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items, in list order.
    pub items: Vec<T>,
    /// Cursor for the next page; null on the last page.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// The same page with each item converted.
    pub fn try_map<U>(self, convert: impl FnMut(T) -> Result<U, Error>) -> Result<Page<U>, Error> {
        let items = self.items.into_iter().map(convert).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor: self.next_cursor })
    }
}

/// Creates a cursor that continues after `position` in the list `place`, for lists that are not a single query.
pub async fn seal_position(app: &App, place: &str, position: &str) -> Result<String, Error> {
    let sealed = app.keys().seal(ShortLived::Cursor, place, position.as_bytes()).await?;
    Ok(URL_SAFE_NO_PAD.encode(sealed.0))
}

/// Returns the position in a cursor for `place`; rejects cursors of other lists, and those more than a week old.
pub async fn open_position(app: &App, place: &str, cursor: &str) -> Result<String, Error> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| foreign_cursor())?;
    let position = app.keys().open(ShortLived::Cursor, place, &Sealed(bytes)).await?;
    position.and_then(|position| String::from_utf8(position).ok()).ok_or_else(foreign_cursor)
}

fn foreign_cursor() -> Error {
    Error::BadRequest {
        code: "invalid_cursor",
        detail: "This cursor does not belong to this list. Start again without a cursor.".into(),
        field: Some("cursor"),
    }
}
