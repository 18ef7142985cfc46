//! Fonts of a report, and shaping of text into glyphs.

use std::rc::Rc;

use harfrust::{Direction, Feature, FontRef, ShapeOptions, ShaperData, Tag, UnicodeBuffer};
use kernel::Error;
use krilla::text::{Font, GlyphId, KrillaGlyph};

use super::style::{Style, Weight};

/// Inter, the typeface of the web app; see `fonts/OFL.txt`.
const REGULAR: &[u8] = include_bytes!("../../fonts/Inter-Regular.ttf");
const SEMI_BOLD: &[u8] = include_bytes!("../../fonts/Inter-SemiBold.ttf");

/// Gap between thousands, relative to the font size: visible, but not a space character when the text is extracted.
const THOUSANDS: f32 = 0.13;

struct Face {
    font: Font,
    reference: FontRef<'static>,
    shaper: ShaperData,
}

impl Face {
    fn new(data: &'static [u8]) -> Result<Self, Error> {
        let font = Font::new(data.into(), 0).ok_or_else(|| Error::internal("cannot read a report font"))?;
        let reference = FontRef::new(data).map_err(Error::defect)?;
        Ok(Self { font, shaper: ShaperData::new(&reference), reference })
    }
}

/// Fonts of a report.
pub struct Fonts {
    regular: Face,
    semi_bold: Face,
}

impl Fonts {
    /// Loads the embedded fonts.
    pub fn new() -> Result<Rc<Self>, Error> {
        Ok(Rc::new(Self { regular: Face::new(REGULAR)?, semi_bold: Face::new(SEMI_BOLD)? }))
    }

    fn face(&self, weight: Weight) -> &Face {
        match weight {
            Weight::Regular => &self.regular,
            Weight::SemiBold => &self.semi_bold,
        }
    }

    /// The font of a weight, for drawing.
    pub fn font(&self, weight: Weight) -> Font {
        self.face(weight).font.clone()
    }

    /// Shapes one line of text into glyphs with measures relative to the font size. Characters that the font lacks become a visible box.
    /// All text runs left to right: the font has no right-to-left script.
    pub fn shape(&self, text: &str, style: &Style) -> Vec<KrillaGlyph> {
        let face = self.face(style.weight);
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        buffer.set_direction(Direction::LeftToRight);
        let figures = [Feature::new(Tag::new(b"tnum"), 1, ..)];
        let features = if style.figure { figures.as_slice() } else { &[] };
        let shaper = face.shaper.shaper(&face.reference).build();
        let shaped = shaper.shape(buffer, ShapeOptions::new().features(features));
        let em = face.font.units_per_em();
        #[allow(clippy::cast_precision_loss, reason = "a glyph's measures are small numbers")]
        let share = |units: i32| units as f32 / em;
        let infos = shaped.glyph_infos();
        let mut glyphs: Vec<KrillaGlyph> = Vec::with_capacity(infos.len());
        for (info, position) in infos.iter().zip(shaped.glyph_positions()) {
            let start = usize::try_from(info.cluster).unwrap_or_default();
            glyphs.push(KrillaGlyph {
                glyph_id: GlyphId::new(info.glyph_id),
                text_range: start..start,
                x_advance: share(position.x_advance),
                x_offset: share(position.x_offset),
                y_offset: share(position.y_offset),
                y_advance: 0.0,
                location: None,
            });
        }
        close_ranges(&mut glyphs, text.len());
        if style.figure {
            part_thousands(&mut glyphs, text);
        }
        glyphs
    }
}

/// Extends each glyph's text range to the next cluster.
fn close_ranges(glyphs: &mut [KrillaGlyph], end: usize) {
    let mut next = end;
    let mut this = end;
    for glyph in glyphs.iter_mut().rev() {
        if glyph.text_range.start < this {
            next = this;
            this = glyph.text_range.start;
        }
        glyph.text_range.end = next;
    }
}

/// Adds a gap between the thousands of the first number in the text.
fn part_thousands(glyphs: &mut [KrillaGlyph], text: &str) {
    let Some(first) = text.find(|c: char| c.is_ascii_digit()) else { return };
    let digits = text[first..].bytes().take_while(u8::is_ascii_digit).count();
    for glyph in glyphs {
        let Some(place) = glyph.text_range.start.checked_sub(first) else { continue };
        if place < digits && (digits - place) % 3 == 1 && digits - place > 3 {
            glyph.x_advance += THOUSANDS;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glyph_ranges_cover_the_text() {
        let fonts = Fonts::new().unwrap();
        let text = "Zürich Αθήνα Київ 漢字 🦀";
        let glyphs = fonts.shape(text, &Style::BODY);
        let joined: String = glyphs.iter().map(|glyph| &text[glyph.text_range.clone()]).collect();
        assert_eq!(joined, text);
        let missing = glyphs.iter().filter(|glyph| glyph.glyph_id.to_u32() == 0).count();
        assert_eq!(missing, 3, "only two ideographs and a crab are boxes");
        assert!(glyphs.iter().all(|glyph| glyph.x_advance > 0.0));
    }

    #[test]
    fn digits_have_one_width_and_thousands_a_gap() {
        let fonts = Fonts::new().unwrap();
        let figures = Style::CELL.figures();
        let width = |text: &str| fonts.shape(text, &figures).iter().map(|glyph| glyph.x_advance).sum::<f32>();
        assert!((width("111") - width("888")).abs() < 1e-5);
        assert!((width("1111.00") - width("111.00") - width("1") - THOUSANDS).abs() < 1e-5);
        assert!((width("1111111") - 7.0 * width("1") - 2.0 * THOUSANDS).abs() < 1e-5);
        assert!((width("0.123456") - width("0.12345") - width("6")).abs() < 1e-5);
    }
}
