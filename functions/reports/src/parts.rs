//! Shared parts of reports: the beginning, facts, rows of figures, and placeholders.

use kernel::Error;
use kernel::text::TimeZone;
use kernel::time::Timestamp;

use crate::setting::{About, Colour, Role, Sheet, Style, Weight};
use crate::words::NONE;

/// Confidentiality marking.
const MARKING: &str = "Confidential";
/// Maximum length of one text in characters, so that a long pasted note does not make the report too large to send.
pub const MAX_TEXT: usize = 4_000;
/// Gap between two columns of facts, in points.
const GAP: f32 = 20.0;

/// Starts an empty report; also returns its formatted creation time.
pub fn begin(title: &str, made_by: &str, made_at: Timestamp, zone: &TimeZone) -> Result<(Sheet, String), Error> {
    let made = made_at.in_words(zone);
    let origin = format!("Steward · created by {made_by} on {made}");
    Ok((Sheet::new(About { title: title.into(), marking: MARKING, origin })?, made))
}

/// The report's title.
pub fn title(sheet: &mut Sheet, text: &str) {
    let title = sheet.fonts.lines(text, Style::TITLE, Sheet::WIDTH);
    let piece = sheet.piece(Role::Heading(1), None);
    sheet.flow(Sheet::LEFT, title, piece);
    sheet.skip(9.0);
}

/// Placeholder for a section with no content.
pub fn nothing(sheet: &mut Sheet, text: &str) {
    sheet.paragraph(text, Style::BODY.coloured(Colour::INK_3));
}

/// A note below a table.
pub fn note(sheet: &mut Sheet, text: &str) {
    sheet.skip(6.0);
    sheet.paragraph(text, Style::NOTE);
}

/// The type of report, above the name.
pub fn banner(sheet: &mut Sheet, kind: &str) {
    let label = Style::LABEL.coloured(Colour::ACCENT).scaled(1.1);
    let kind = sheet.fonts.line(kind, label);
    let marking = sheet.fonts.line(MARKING, label.coloured(Colour::RED));
    let y = sheet.y();
    sheet.fill(0.0, 0.0, 2.0 * Sheet::LEFT + Sheet::WIDTH, 6.0, 0.0, Colour::ACCENT);
    let piece = sheet.piece(Role::Paragraph, None);
    let (width, leading) = (marking.width + 16.0, label.leading + 6.0);
    let x = Sheet::LEFT + Sheet::WIDTH - width;
    sheet.place(Sheet::LEFT, y + 3.0, kind, Some(piece));
    sheet.fill(x, y, width, leading, 3.0, Colour::RED_BG);
    sheet.place(x + 8.0, y + 3.0, marking, Some(piece));
    sheet.skip(30.0);
}

/// A label with its foreground and background colours.
pub type Chip = (String, Colour, Colour);

/// A row of chips.
pub fn chips(sheet: &mut Sheet, chips: Vec<Chip>) {
    let piece = sheet.piece(Role::Paragraph, None);
    let (mut x, y) = (Sheet::LEFT, sheet.y());
    for (text, colour, ground) in chips {
        let line = sheet.fonts.line(&text, Style::NOTE.coloured(colour).weighing(Weight::SemiBold));
        let width = line.width + 14.0;
        sheet.fill(x, y, width, 16.0, 4.0, ground);
        sheet.place(x + 7.0, y + 2.5, line, Some(piece));
        x += width + 6.0;
    }
    sheet.skip(16.0);
}

/// Labels and values in two columns.
pub fn facts(sheet: &mut Sheet, pairs: &[(&str, Option<String>)]) {
    let width = (Sheet::WIDTH - GAP) / 2.0;
    sheet.rule(Colour::LINE);
    for row in pairs.chunks(2) {
        let set: Vec<_> = row
            .iter()
            .map(|(label, value)| {
                let label = sheet.fonts.line(label, Style::LABEL);
                (label, sheet.fonts.lines(value.as_deref().unwrap_or(NONE), Style::BODY, width))
            })
            .collect();
        let tallest = set.iter().map(|(_, lines)| lines.len()).max().unwrap_or_default();
        #[allow(clippy::cast_precision_loss, reason = "a fact has a few lines")]
        let height = 7.0 + Style::LABEL.leading + tallest as f32 * Style::BODY.leading + 6.0;
        sheet.need(height);
        let top = sheet.y() + 7.0;
        let mut x = Sheet::LEFT;
        for (label, lines) in set {
            let piece = sheet.piece(Role::Paragraph, None);
            sheet.place(x, top, label, Some(piece));
            let mut y = top + Style::LABEL.leading + 1.0;
            for line in lines {
                sheet.place(x, y, line, Some(piece));
                y += Style::BODY.leading;
            }
            x += width + GAP;
        }
        sheet.skip(height);
        sheet.rule(Colour::LINE);
    }
}

/// Figures in boxes next to each other, each below its label.
pub fn tiles_row(sheet: &mut Sheet, tiles: &[(&str, String)]) {
    let (gap, height) = (6.0, 42.0);
    sheet.need(height);
    #[allow(clippy::cast_precision_loss, reason = "a row has a handful of tiles")]
    let width = (Sheet::WIDTH - gap * (tiles.len() - 1) as f32) / tiles.len() as f32;
    let (mut x, y) = (Sheet::LEFT, sheet.y());
    let room = width - 16.0;
    let style = Style::SUBHEADING.scaled(1.15).figures();
    let is_value = |text: &str| text.starts_with(|c: char| c.is_ascii_digit() || c == '-') || text == NONE;
    // All values of a row have the size that fits the widest.
    let values = tiles.iter().filter(|(_, value)| is_value(value));
    let widest = values.map(|(_, value)| sheet.fonts.line(value, style).width).fold(room, f32::max);
    let style = style.scaled(room / widest);
    let labels = tiles.iter().map(|(label, _)| sheet.fonts.line(label, Style::LABEL).width).fold(room, f32::max);
    for (label, value) in tiles {
        let label = sheet.fonts.line(label, Style::LABEL.scaled(room / labels));
        let value = if is_value(value) {
            vec![sheet.fonts.line(value, style)]
        } else {
            sheet.fonts.lines(value, Style::NOTE, room)
        };
        sheet.fill(x, y, width, height, 4.0, Colour::CANVAS);
        let piece = sheet.piece(Role::Paragraph, None);
        sheet.place(x + 8.0, y + 6.0, label, Some(piece));
        let mut line_y = y + if value.len() > 1 { 16.5 } else { 20.0 };
        for line in value.into_iter().take(2) {
            let leading = line.style.leading;
            sheet.place(x + 8.0, line_y, line, Some(piece));
            line_y += leading;
        }
        x += width + gap;
    }
    sheet.skip(height);
}

/// Truncates a text to `most` characters and says how much is left out.
pub fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => {
            let rest = text[end..].chars().count();
            format!("{}… ({rest} more characters in Steward)", text[..end].trim_end())
        }
    }
}
