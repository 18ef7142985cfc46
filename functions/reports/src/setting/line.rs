//! Text broken into lines (Unicode Standard Annex 14).

use std::rc::Rc;

use krilla::text::KrillaGlyph;

use super::font::Fonts;
use super::style::Style;

/// One line, ready to be drawn.
#[derive(Debug, Clone)]
pub struct Line {
    /// The paragraph that the glyphs point into.
    pub(super) text: Rc<str>,
    pub(super) glyphs: Vec<KrillaGlyph>,
    /// Its width in points.
    pub width: f32,
    /// How it is set.
    pub style: Style,
}

impl Line {
    fn new(text: &Rc<str>, glyphs: &[KrillaGlyph], style: Style) -> Self {
        let blank = |glyph: &KrillaGlyph| text[glyph.text_range.clone()].trim().is_empty();
        let end = glyphs.iter().rposition(|glyph| !blank(glyph)).map_or(0, |last| last + 1);
        let glyphs = glyphs[..end].to_vec();
        let width = glyphs.iter().map(|glyph| glyph.x_advance).sum::<f32>() * style.size;
        Self { text: Rc::clone(text), glyphs, width, style }
    }

    /// The width of what stands before the decimal point, or before the first space where there is none.
    pub(super) fn width_of_whole(&self) -> f32 {
        let end = self.text.find('.').or_else(|| self.text.find(' ')).unwrap_or(self.text.len());
        let whole = self.glyphs.iter().filter(|glyph| glyph.text_range.start < end);
        whole.map(|glyph| glyph.x_advance).sum::<f32>() * self.style.size
    }
}

/// What may stand in a line: control characters and marks of the reading order are left out, a tab is a space.
fn plain(c: char) -> Option<char> {
    match c {
        '\t' | '\u{A0}' => Some(' '),
        '\u{200E}' | '\u{200F}' | '\u{61C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' => None,
        c if c.is_control() => None,
        c => Some(c),
    }
}

impl Fonts {
    /// The text on one line, however long.
    pub fn line(&self, text: &str, style: Style) -> Line {
        let text: String = text.chars().map(|c| if is_break(c) { ' ' } else { c }).filter_map(plain).collect();
        let text: Rc<str> = text.into();
        Line::new(&text, &self.shape(&text, &style), style)
    }

    /// The text on one line, set smaller where it would be wider than `width` points.
    pub fn fitted(&self, text: &str, style: Style, width: f32) -> Line {
        let line = self.line(text, style);
        if line.width <= width { line } else { self.line(text, style.scaled(width / line.width)) }
    }

    /// The text on one line, cut with an ellipsis where it would be wider than `width` points.
    pub fn cut(&self, text: &str, style: Style, width: f32) -> Line {
        let line = self.line(text, style);
        if line.width <= width {
            return line;
        }
        let mut used = self.line("…", style).width;
        let mut end = 0;
        for glyph in &line.glyphs {
            used += glyph.x_advance * style.size;
            if used > width {
                break;
            }
            end = glyph.text_range.end;
        }
        self.line(&format!("{}…", line.text[..end].trim_end()), style)
    }

    /// The text in lines of at most `width` points; a word that is wider is broken where the line ends.
    pub fn lines(&self, text: &str, style: Style, width: f32) -> Vec<Line> {
        text.split(is_break).flat_map(|paragraph| self.paragraph(paragraph, style, width)).collect()
    }

    fn paragraph(&self, text: &str, style: Style, width: f32) -> Vec<Line> {
        let text: Rc<str> = text.chars().filter_map(plain).collect::<String>().into();
        let glyphs = self.shape(&text, &style);
        let mut breaks = unicode_linebreak::linebreaks(&text).map(|(at, _)| at).peekable();
        let (mut lines, mut start, mut candidate, mut used) = (Vec::new(), 0, 0, 0.0);
        for (n, glyph) in glyphs.iter().enumerate() {
            let at = glyph.text_range.start;
            while breaks.next_if(|end| *end < at).is_some() {}
            if breaks.peek() == Some(&at) {
                candidate = n;
            }
            let advance = glyph.x_advance * style.size;
            let begins_cluster = n == 0 || glyphs[n - 1].text_range.start != at;
            let blank = text[glyph.text_range.clone()].trim().is_empty();
            if used + advance > width && n > start && begins_cluster && !blank {
                let end = if candidate > start { candidate } else { n };
                lines.push(Line::new(&text, &glyphs[start..end], style));
                start = end;
                used = glyphs[start..n].iter().map(|glyph| glyph.x_advance).sum::<f32>() * style.size;
            }
            used += advance;
        }
        lines.push(Line::new(&text, &glyphs[start..], style));
        lines
    }
}

/// Whether a new line begins at it, whatever the width.
fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(lines: &[Line]) -> Vec<String> {
        let text = |line: &Line| line.glyphs.iter().map(|glyph| &line.text[glyph.text_range.clone()]).collect();
        lines.iter().map(text).collect()
    }

    #[test]
    fn lines_break_between_words_and_inside_one_that_is_too_wide() {
        let fonts = Fonts::new().unwrap();
        let lines = fonts.lines("One two three four\r\n\nfive", Style::BODY, 40.0);
        assert_eq!(texts(&lines), ["One two", "three", "four", "", "five"]);
        let wide = fonts.lines(&"W".repeat(40), Style::BODY, 50.0);
        assert!(wide.len() > 5);
        assert_eq!(texts(&wide).concat(), "W".repeat(40));
    }

    #[test]
    fn a_line_is_never_wider_than_asked_and_nothing_of_the_words_is_lost() {
        let fonts = Fonts::new().unwrap();
        let text = "Δοκιμή — a note, with (brackets), naïve cafés and 漢字かな交じり文 😀😀 mixed; https://example.com/a/very/long/path. ";
        let text = text.repeat(8);
        for width in [30.0_f32, 77.0, 250.0] {
            let lines = fonts.lines(&text, Style::BODY, width);
            assert!(lines.iter().all(|line| line.width <= width + 0.01));
            let squeeze = |text: &str| text.split_whitespace().collect::<String>();
            assert_eq!(squeeze(&texts(&lines).concat()), squeeze(&text));
        }
    }

    #[test]
    fn marks_of_the_reading_order_and_control_characters_are_left_out() {
        let fonts = Fonts::new().unwrap();
        let lines = fonts.lines("a\u{202E}b\u{200F}c\u{7}d\te", Style::BODY, 400.0);
        assert_eq!(texts(&lines), ["abcd e"]);
        assert_eq!(texts(&[fonts.line("a\nb", Style::BODY)]), ["a b"]);
    }

    #[test]
    fn what_must_stay_on_one_line_is_set_smaller_or_cut() {
        let fonts = Fonts::new().unwrap();
        let text = "1000000000000000.00 USD";
        assert!(fonts.fitted(text, Style::BODY, 60.0).width <= 60.01);
        let cut = fonts.cut(&"Name ".repeat(50), Style::BODY, 100.0);
        assert!(cut.width <= 100.0);
        assert!(texts(&[cut])[0].ends_with('…'));
    }
}
