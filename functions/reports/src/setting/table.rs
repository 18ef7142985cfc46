//! Tables: columns sized to their figures, rows that never split across pages, headers repeated on every page.

use super::line::Line;
use super::sheet::Sheet;
use super::style::{Colour, Style};
use super::tags::{Piece, Role};

/// Gap between two columns, in points.
const GAP: f32 = 12.0;
/// Padding above and below the text of a row, in points.
const PAD: f32 = 4.0;
/// Minimum width of a text column before figures are shrunk.
const LEAST_TEXT: f32 = 104.0;

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    title: &'static str,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    /// Text that takes this share of the remaining width.
    Text(f32),
    /// Short text on one line.
    Short,
    /// Figures, aligned at the decimal point.
    Figure,
}

impl Column {
    /// A column of multi-line text; text columns share the remaining width by `weight`.
    #[must_use]
    pub const fn text(title: &'static str, weight: f32) -> Self {
        Self { title, kind: Kind::Text(weight) }
    }

    /// A column of short text that is never broken.
    #[must_use]
    pub const fn short(title: &'static str) -> Self {
        Self { title, kind: Kind::Short }
    }

    /// A column of figures, aligned at the decimal point.
    #[must_use]
    pub const fn figure(title: &'static str) -> Self {
        Self { title, kind: Kind::Figure }
    }

    fn is_text(self) -> bool {
        matches!(self.kind, Kind::Text(_))
    }
}

/// A cell: its main text, and a note below.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    main: String,
    note: String,
    colour: Option<Colour>,
}

impl Cell {
    /// A cell without a note.
    pub fn new(main: impl Into<String>) -> Self {
        Self { main: main.into(), ..Self::default() }
    }

    /// Adds a note below.
    #[must_use]
    pub fn noted(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }

    /// Sets the colour.
    #[must_use]
    pub fn coloured(self, colour: Colour) -> Self {
        Self { colour: Some(colour), ..self }
    }
}

/// A table of rows below its column headings.
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

/// A column with its final width.
struct Measured {
    column: Column,
    x: f32,
    width: f32,
    /// For figures: the widest part before the decimal point.
    whole: f32,
}

impl Table {
    /// A table without rows.
    #[must_use]
    pub fn new(columns: &[Column]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    /// Places the table on the sheet.
    pub fn set(&self, sheet: &mut Sheet) {
        let (measured, scale) = self.measure(sheet);
        let table = sheet.piece(Role::Table, None);
        let head = sheet.piece(Role::Row, Some(table));
        sheet.need(60.0);
        head_row(sheet, &measured, Some(head));
        for row in &self.rows {
            let cells: Vec<(Vec<Line>, bool)> =
                row.iter().zip(&measured).map(|(c, m)| cell_lines(sheet, c, m, scale)).collect();
            let height = |lines: &[Line]| lines.iter().map(|line| line.style.leading).sum::<f32>();
            let tallest = cells.iter().map(|(lines, _)| height(lines)).fold(0.0, f32::max);
            if sheet.need(tallest + 2.0 * PAD) {
                head_row(sheet, &measured, None);
            }
            let piece = sheet.piece(Role::Row, Some(table));
            let top = sheet.y();
            for ((lines, figure), measured) in cells.into_iter().zip(&measured) {
                let piece = sheet.piece(Role::Data, Some(piece));
                set_cell(sheet, lines, figure, measured, top + PAD, piece);
            }
            sheet.skip(tallest + 2.0 * PAD);
            sheet.rule(Colour::LINE);
        }
    }

    /// The widths of the columns, and the factor by which figures and short text are shrunk to make room for text.
    fn measure(&self, sheet: &Sheet) -> (Vec<Measured>, f32) {
        let mut scale = 1.0;
        loop {
            let measured = self.measure_at(sheet, scale);
            let texts = measured.iter().filter(|m| m.column.is_text());
            if scale < 0.6 || texts.map(|m| m.width).fold(f32::MAX, f32::min) >= LEAST_TEXT {
                return (measured, scale);
            }
            scale *= 0.94;
        }
    }

    fn measure_at(&self, sheet: &Sheet, scale: f32) -> Vec<Measured> {
        let mut measured: Vec<Measured> = Vec::new();
        let mut weights = 0.0;
        #[allow(clippy::cast_precision_loss, reason = "a table has a handful of columns")]
        let mut rest = Sheet::WIDTH - GAP * (self.columns.len() - 1) as f32;
        for (n, column) in self.columns.iter().enumerate() {
            let (mut whole, mut fraction, mut note) =
                (0.0_f32, 0.0_f32, sheet.fonts.line(column.title, Style::LABEL).width);
            if let Kind::Text(weight) = column.kind {
                weights += weight;
                measured.push(Measured { column: *column, x: 0.0, width: weight, whole: 0.0 });
                continue;
            }
            for cell in self.rows.iter().filter_map(|row| row.get(n)) {
                let line = sheet.fonts.line(&cell.main, style_of(cell, *column, scale));
                let before =
                    if column.kind == Kind::Figure && is_figure(&cell.main) { line.width_of_whole() } else { 0.0 };
                whole = whole.max(before);
                fraction = fraction.max(line.width - before);
                note = note.max(sheet.fonts.line(&cell.note, Style::NOTE.scaled(scale)).width);
            }
            let width = (whole + fraction).max(note);
            rest -= width;
            measured.push(Measured { column: *column, x: 0.0, width, whole: width - fraction });
        }
        let mut x = Sheet::LEFT;
        for one in &mut measured {
            if one.column.is_text() {
                one.width *= rest.max(0.0) / weights;
            }
            one.x = x;
            x += one.width + GAP;
        }
        measured
    }
}

/// Whether a figure cell contains a number rather than a placeholder.
fn is_figure(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit() || c == '-')
}

fn style_of(cell: &Cell, column: Column, scale: f32) -> Style {
    let style = if column.kind == Kind::Figure { Style::CELL.figures() } else { Style::CELL };
    let style = if column.is_text() { style } else { style.scaled(scale) };
    cell.colour.map_or(style, |colour| style.coloured(colour))
}

/// The lines of a cell, and whether the first is a figure.
fn cell_lines(sheet: &Sheet, cell: &Cell, measured: &Measured, scale: f32) -> (Vec<Line>, bool) {
    let style = style_of(cell, measured.column, scale);
    let mut lines = if measured.column.is_text() {
        sheet.fonts.lines(&cell.main, style, measured.width)
    } else {
        vec![sheet.fonts.line(&cell.main, style)]
    };
    if !cell.note.is_empty() {
        if measured.column.is_text() {
            lines.extend(sheet.fonts.lines(&cell.note, Style::NOTE, measured.width));
        } else {
            lines.push(sheet.fonts.line(&cell.note, Style::NOTE.scaled(scale)));
        }
    }
    (lines, measured.column.kind == Kind::Figure && is_figure(&cell.main))
}

fn set_cell(sheet: &mut Sheet, lines: Vec<Line>, figure: bool, measured: &Measured, top: f32, piece: Piece) {
    let mut y = top;
    for (n, line) in lines.into_iter().enumerate() {
        let leading = line.style.leading;
        let x = match measured.column.kind {
            Kind::Figure if n == 0 && figure => measured.x + measured.whole - line.width_of_whole(),
            Kind::Figure => measured.x + measured.width - line.width,
            Kind::Text(_) | Kind::Short => measured.x,
        };
        sheet.place(x, y, line, Some(piece));
        y += leading;
    }
}

/// Places the column headers; `row` is passed only the first time, so that they are read out once.
fn head_row(sheet: &mut Sheet, measured: &[Measured], row: Option<Piece>) {
    let top = sheet.y();
    for one in measured {
        let line = sheet.fonts.cut(one.column.title, Style::LABEL, one.width.max(1.0));
        let piece = row.map(|row| sheet.piece(Role::ColumnHead, Some(row)));
        let x = if one.column.kind == Kind::Figure { one.x + one.width - line.width } else { one.x };
        sheet.place(x, top, line, piece);
    }
    sheet.skip(Style::LABEL.leading + 3.0);
    sheet.rule(Colour::LINE_STRONG);
}
