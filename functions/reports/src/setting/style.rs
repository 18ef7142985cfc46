//! How text looks: the sizes, weights and colours of the web app's tokens, for paper.

use krilla::color::rgb;

/// A colour, as red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(pub u8, pub u8, pub u8);

impl Colour {
    /// Text.
    pub const INK: Self = Self(0x19, 0x1a, 0x1c);
    /// Text of less weight.
    pub const INK_2: Self = Self(0x52, 0x54, 0x5a);
    /// Labels and notes.
    pub const INK_3: Self = Self(0x6a, 0x6c, 0x73);
    /// Steward's own colour.
    pub const ACCENT: Self = Self(0x0b, 0x6b, 0x70);
    /// Hairlines.
    pub const LINE: Self = Self(0xe7, 0xe7, 0xe4);
    /// Lines that must be seen.
    pub const LINE_STRONG: Self = Self(0x91, 0x91, 0x90);
    /// The ground of boxes.
    pub const CANVAS: Self = Self(0xf7, 0xf7, 0xf6);
    /// What is not as it should be.
    pub const RED: Self = Self(0xb3, 0x26, 0x1e);
    /// Its ground.
    pub const RED_BG: Self = Self(0xfd, 0xee, 0xec);
    /// What to look at.
    pub const AMBER: Self = Self(0x8a, 0x53, 0x00);
    /// Its ground.
    pub const AMBER_BG: Self = Self(0xfd, 0xf3, 0xdf);
    /// What is well.
    pub const GREEN: Self = Self(0x18, 0x71, 0x3a);
    /// Its ground.
    pub const GREEN_BG: Self = Self(0xe9, 0xf6, 0xec);
    /// Platinum.
    pub const VIOLET: Self = Self(0x6a, 0x45, 0xb0);
    /// Its ground.
    pub const VIOLET_BG: Self = Self(0xf2, 0xed, 0xfb);
    /// Prospects.
    pub const BLUE: Self = Self(0x1f, 0x5f, 0xb0);
    /// Its ground.
    pub const BLUE_BG: Self = Self(0xea, 0xf2, 0xfc);
    /// Bronze.
    pub const BRONZE: Self = Self(0x96, 0x50, 0x1d);
    /// Its ground.
    pub const BRONZE_BG: Self = Self(0xfa, 0xef, 0xe6);
    /// What is neither well nor ill.
    pub const SLATE: Self = Self(0x52, 0x54, 0x5a);
    /// Its ground.
    pub const SLATE_BG: Self = Self(0xef, 0xef, 0xed);

    pub(super) fn paint(self) -> rgb::Color {
        rgb::Color::new(self.0, self.1, self.2)
    }
}

/// How heavy the letters are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// For reading.
    Regular,
    /// For headings and what counts.
    SemiBold,
}

/// How a text is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    /// Size in points.
    pub size: f32,
    /// From one baseline to the next, in points.
    pub leading: f32,
    /// Weight.
    pub weight: Weight,
    /// Colour.
    pub colour: Colour,
    /// Whether it is a figure: digits of one width, with a little room between thousands that is no character.
    pub figure: bool,
}

impl Style {
    /// What a report is about.
    pub const TITLE: Self = Self::new(23.0, 28.0, Weight::SemiBold, Colour::INK);
    /// A section.
    pub const HEADING: Self = Self::new(13.0, 17.0, Weight::SemiBold, Colour::INK);
    /// Part of a section, and the line that says what an entry is about.
    pub const SUBHEADING: Self = Self::new(9.5, 13.0, Weight::SemiBold, Colour::INK);
    /// Running text.
    pub const BODY: Self = Self::new(9.0, 13.0, Weight::Regular, Colour::INK);
    /// Notes and second lines.
    pub const NOTE: Self = Self::new(8.0, 11.0, Weight::Regular, Colour::INK_3);
    /// Labels and heads of columns.
    pub const LABEL: Self = Self::new(7.5, 10.0, Weight::SemiBold, Colour::INK_3);
    /// A table's cells.
    pub const CELL: Self = Self::new(8.5, 11.5, Weight::Regular, Colour::INK);

    const fn new(size: f32, leading: f32, weight: Weight, colour: Colour) -> Self {
        Self { size, leading, weight, colour, figure: false }
    }

    /// The same for figures.
    #[must_use]
    pub const fn figures(self) -> Self {
        Self { figure: true, ..self }
    }

    /// The same in another colour.
    #[must_use]
    pub const fn coloured(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }

    /// The same in another weight.
    #[must_use]
    pub const fn weighing(self, weight: Weight) -> Self {
        Self { weight, ..self }
    }

    /// The same, larger or smaller.
    #[must_use]
    pub fn scaled(self, by: f32) -> Self {
        Self { size: self.size * by, leading: self.leading * by, ..self }
    }
}
