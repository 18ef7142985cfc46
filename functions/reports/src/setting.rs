//! Page layout and typography, independent of what a report is about.

mod font;
mod line;
mod sheet;
mod style;
mod table;
mod tags;

pub use sheet::{About, Sheet};
pub use style::{Colour, Style, Weight};
pub use table::{Cell, Column, Table};
pub use tags::Role;
