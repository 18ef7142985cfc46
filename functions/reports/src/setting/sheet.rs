//! Page layout. Everything is placed first and drawn once the number of pages is known.

use std::rc::Rc;

use kernel::Error;
use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, SpanTag};

use super::font::Fonts;
use super::line::Line;
use super::style::{Colour, Style, Weight};
use super::tags::{Piece, Pieces, Role};

/// A4, in points.
const PAGE: (f32, f32) = (595.28, 841.89);
/// Left and right margin.
const SIDE: f32 = 48.0;
/// Top of the text on the first page, which has no running head, and on the others.
const TOP: (f32, f32) = (46.0, 76.0);
/// Bottom of the text.
const BOTTOM: f32 = PAGE.1 - 62.0;
/// Baselines of the running head and foot.
const HEAD: f32 = 46.0;
const FOOT: f32 = PAGE.1 - 34.0;

/// Text of every page's head and foot, and metadata of the file.
pub struct About {
    /// Title of the report.
    pub title: String,
    /// Confidentiality marking.
    pub marking: &'static str,
    /// Who created the report, and when.
    pub origin: String,
}

enum Mark {
    Text { x: f32, baseline: f32, line: Line, piece: Option<Piece> },
    Box { x: f32, y: f32, width: f32, height: f32, radius: f32, colour: Colour },
}

/// A report under construction.
pub struct Sheet {
    /// Fonts for making lines.
    pub fonts: Rc<Fonts>,
    about: About,
    pages: Vec<Vec<Mark>>,
    pieces: Pieces,
    y: f32,
}

impl Sheet {
    /// Starts with an empty first page.
    pub fn new(about: About) -> Result<Self, Error> {
        let fonts = Fonts::new()?;
        Ok(Self { fonts, about, pages: vec![Vec::new()], pieces: Pieces::default(), y: TOP.0 })
    }

    /// Left edge of the text.
    pub const LEFT: f32 = SIDE;
    /// Width of the text, in points.
    pub const WIDTH: f32 = PAGE.0 - 2.0 * SIDE;

    /// Current vertical position on the page.
    #[must_use]
    pub fn y(&self) -> f32 {
        self.y
    }

    /// Adds vertical space, in points.
    pub fn skip(&mut self, room: f32) {
        self.y += room;
    }

    /// Starts a new page.
    pub fn turn(&mut self) {
        self.pages.push(Vec::new());
        self.y = TOP.1;
    }

    /// Starts a new page if less than `height` points are left. Returns whether it did.
    pub fn need(&mut self, height: f32) -> bool {
        let turned = self.y + height > BOTTOM && self.y > TOP.1;
        if turned {
            self.turn();
        }
        turned
    }

    /// Adds a structure element for screen readers.
    pub fn piece(&mut self, role: Role, within: Option<Piece>) -> Piece {
        self.pieces.add(role, within)
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    /// Draws a filled box with its corner at `x` and `y`.
    pub fn fill(&mut self, x: f32, y: f32, width: f32, height: f32, radius: f32, colour: Colour) {
        self.mark(Mark::Box { x, y, width, height, radius, colour });
    }

    /// Draws a horizontal line across the text.
    pub fn rule(&mut self, colour: Colour) {
        self.fill(Self::LEFT, self.y - 0.25, Self::WIDTH, 0.5, 0.0, colour);
    }

    /// Places a line of text whose box starts at `y`; it belongs to `piece`, or is purely visual.
    pub fn place(&mut self, x: f32, y: f32, line: Line, piece: Option<Piece>) {
        // Centre the letters vertically in the box.
        let baseline = y + line.style.leading / 2.0 + line.style.size * 0.36;
        self.mark(Mark::Text { x, baseline, line, piece });
    }

    /// Places lines below one another over as many pages as needed; never a single line at the bottom of a page.
    pub fn flow(&mut self, x: f32, lines: Vec<Line>, piece: Piece) {
        let several = lines.len() > 1;
        for (n, line) in lines.into_iter().enumerate() {
            let leading = line.style.leading;
            self.need(if n == 0 && several { 2.0 * leading } else { leading });
            let y = self.y;
            self.place(x, y, line, Some(piece));
            self.y = y + leading;
        }
    }

    /// Places a paragraph across the text.
    pub fn paragraph(&mut self, text: &str, style: Style) {
        let lines = self.fonts.lines(text, style, Self::WIDTH);
        let piece = self.piece(Role::Paragraph, None);
        self.flow(Self::LEFT, lines, piece);
    }

    /// Places a section heading, keeping at least `room` points after it on the same page.
    pub fn heading(&mut self, text: &str, room: f32) {
        self.skip(22.0);
        self.need(Style::HEADING.leading + 8.0 + room);
        let line = self.fonts.cut(text, Style::HEADING, Self::WIDTH);
        let piece = self.piece(Role::Heading(2), None);
        let y = self.y;
        self.place(Self::LEFT, y, line, Some(piece));
        self.y = y + Style::HEADING.leading + 6.0;
    }

    /// Places the heading of a subsection.
    pub fn subheading(&mut self, text: &str, room: f32) {
        self.need(Style::SUBHEADING.leading + 4.0 + room);
        let line = self.fonts.cut(text, Style::SUBHEADING.coloured(Colour::ACCENT), Self::WIDTH);
        let piece = self.piece(Role::Heading(3), None);
        let y = self.y;
        self.place(Self::LEFT, y, line, Some(piece));
        self.y = y + Style::SUBHEADING.leading + 4.0;
    }

    /// Renders the PDF file. The same report yields the same bytes.
    pub fn finish(mut self) -> Result<Vec<u8>, Error> {
        self.head_and_foot();
        let mut document = Document::new();
        let settings =
            PageSettings::from_wh(PAGE.0, PAGE.1).ok_or_else(|| Error::internal("A4 is not a valid page size"))?;
        let mut drawn = self.pieces.drawn();
        for marks in &self.pages {
            let mut page = document.start_page_with(settings.clone());
            let mut surface = page.surface();
            for mark in marks {
                let piece = match mark {
                    Mark::Text { piece, .. } => *piece,
                    Mark::Box { .. } => None,
                };
                let artifact = ContentTag::Artifact(Artifact::with_kind(ArtifactType::Page));
                let identifier = surface.start_tagged(piece.map_or(artifact, |_| ContentTag::Span(SpanTag::empty())));
                self.draw(&mut surface, mark);
                surface.end_tagged();
                if let Some(piece) = piece {
                    drawn[piece.place()].push(identifier);
                }
            }
            surface.finish();
            page.finish();
        }
        document.set_tag_tree(self.pieces.tree(drawn));
        let about = Metadata::new()
            .title(self.about.title)
            .language("en".into())
            .creator("Steward".into())
            .producer("Steward".into());
        document.set_metadata(about);
        document.finish().map_err(|error| Error::internal(format!("cannot write a report: {error:?}")))
    }

    fn draw(&self, surface: &mut Surface<'_>, mark: &Mark) {
        match mark {
            Mark::Text { x, baseline, line, .. } => {
                surface.set_fill(Some(fill(line.style.colour)));
                let font = self.fonts.font(line.style.weight);
                let at = Point::from_xy(*x, *baseline);
                surface.draw_glyphs(at, &line.glyphs, font, &line.text, line.style.size, false);
            }
            Mark::Box { x, y, width, height, radius, colour } => {
                surface.set_fill(Some(fill(*colour)));
                let (left, top, right, bottom, corner) = (*x, *y, x + width, y + height, *radius);
                let mut path = PathBuilder::new();
                path.move_to(left + corner, top);
                path.line_to(right - corner, top);
                path.quad_to(right, top, right, top + corner);
                path.line_to(right, bottom - corner);
                path.quad_to(right, bottom, right - corner, bottom);
                path.line_to(left + corner, bottom);
                path.quad_to(left, bottom, left, bottom - corner);
                path.line_to(left, top + corner);
                path.quad_to(left, top, left + corner, top);
                path.close();
                if let Some(path) = path.finish() {
                    surface.draw_path(&path);
                }
            }
        }
    }

    /// Adds the running head and foot of every page.
    fn head_and_foot(&mut self) {
        let count = self.pages.len();
        let style = Style::NOTE;
        let at = |line: Line, x: f32, baseline: f32| Mark::Text { x, baseline, line, piece: None };
        let hairline =
            |y: f32| Mark::Box { x: Self::LEFT, y, width: Self::WIDTH, height: 0.5, radius: 0.0, colour: Colour::LINE };
        for (n, page) in self.pages.iter_mut().enumerate() {
            let right = |line: &Line| Self::LEFT + Self::WIDTH - line.width;
            if n > 0 {
                let marking = self.fonts.line(self.about.marking, style.weighing(Weight::SemiBold));
                let room = Self::WIDTH - marking.width - 20.0;
                let x = right(&marking);
                page.push(at(self.fonts.cut(&self.about.title, style.coloured(Colour::INK_2), room), Self::LEFT, HEAD));
                page.push(at(marking, x, HEAD));
                page.push(hairline(HEAD + 9.0));
            }
            let number = self.fonts.line(&format!("Page {} of {count}", n + 1), style);
            let x = right(&number);
            page.push(hairline(FOOT - 15.0));
            page.push(at(self.fonts.cut(&self.about.origin, style, Self::WIDTH - 90.0), Self::LEFT, FOOT));
            page.push(at(number, x, FOOT));
        }
    }
}

fn fill(colour: Colour) -> Fill {
    let paint: rgb::Color = colour.paint();
    Fill { paint: paint.into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero }
}
