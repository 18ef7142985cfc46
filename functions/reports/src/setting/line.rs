//! Line breaking (Unicode Standard Annex 14).

use std::rc::Rc;

use krilla::text::KrillaGlyph;

use super::font::Fonts;
use super::style::Style;

/// One line, ready to be drawn.
#[derive(Debug, Clone)]
pub struct Line {
    /// The paragraph that the glyphs refer to.
    pub(super) text: Rc<str>,
    pub(super) glyphs: Vec<KrillaGlyph>,
    /// Width in points.
    pub width: f32,
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

    /// Width of the text before the decimal point, or before the first space if there is none.
    pub(super) fn width_of_whole(&self) -> f32 {
        let end = self.text.find('.').or_else(|| self.text.find(' ')).unwrap_or(self.text.len());
        let whole = self.glyphs.iter().filter(|glyph| glyph.text_range.start < end);
        whole.map(|glyph| glyph.x_advance).sum::<f32>() * self.style.size
    }
}

/// Filters characters of a line: control and bidirectional formatting characters are dropped, a tab becomes a space.
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

    /// The text on one line, in a smaller size if it is wider than `width` points.
    pub fn fitted(&self, text: &str, style: Style, width: f32) -> Line {
        let line = self.line(text, style);
        if line.width <= width { line } else { self.line(text, style.scaled(width / line.width)) }
    }

    /// The text on one line, truncated with an ellipsis if it is wider than `width` points.
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

    /// Breaks the text into lines of at most `width` points; a wider word is broken at the end of the line.
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

/// Whether the character forces a new line.
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
    fn lines_break_between_words_and_inside_wide_ones() {
        let fonts = Fonts::new().unwrap();
        let lines = fonts.lines("One two three four\r\n\nfive", Style::BODY, 40.0);
        assert_eq!(texts(&lines), ["One two", "three", "four", "", "five"]);
        let wide = fonts.lines(&"W".repeat(40), Style::BODY, 50.0);
        assert!(wide.len() > 5);
        assert_eq!(texts(&wide).concat(), "W".repeat(40));
    }

    #[test]
    fn lines_fit_the_width_and_lose_no_text() {
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
    fn control_and_bidi_characters_are_dropped() {
        let fonts = Fonts::new().unwrap();
        let lines = fonts.lines("a\u{202E}b\u{200F}c\u{7}d\te", Style::BODY, 400.0);
        assert_eq!(texts(&lines), ["abcd e"]);
        assert_eq!(texts(&[fonts.line("a\nb", Style::BODY)]), ["a b"]);
    }

    #[test]
    fn text_on_one_line_is_shrunk_or_truncated() {
        let fonts = Fonts::new().unwrap();
        let text = "1000000000000000.00 USD";
        assert!(fonts.fitted(text, Style::BODY, 60.0).width <= 60.01);
        let cut = fonts.cut(&"Name ".repeat(50), Style::BODY, 100.0);
        assert!(cut.width <= 100.0);
        assert!(texts(&[cut])[0].ends_with('…'));
    }
}
