//! Text styles: the sizes, weights and colours of the web app's design tokens, adapted for paper.

use krilla::color::rgb;

/// An RGB colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(pub u8, pub u8, pub u8);

impl Colour {
    /// Primary text.
    pub const INK: Self = Self(0x19, 0x1a, 0x1c);
    /// Secondary text.
    pub const INK_2: Self = Self(0x52, 0x54, 0x5a);
    /// Labels and notes.
    pub const INK_3: Self = Self(0x6a, 0x6c, 0x73);
    /// Brand colour.
    pub const ACCENT: Self = Self(0x0b, 0x6b, 0x70);
    /// Hairlines.
    pub const LINE: Self = Self(0xe7, 0xe7, 0xe4);
    /// Prominent lines.
    pub const LINE_STRONG: Self = Self(0x91, 0x91, 0x90);
    /// Background of boxes.
    pub const CANVAS: Self = Self(0xf7, 0xf7, 0xf6);
    /// Errors and problems.
    pub const RED: Self = Self(0xb3, 0x26, 0x1e);
    /// Background for [`RED`](Self::RED).
    pub const RED_BG: Self = Self(0xfd, 0xee, 0xec);
    /// Warnings.
    pub const AMBER: Self = Self(0x8a, 0x53, 0x00);
    /// Background for [`AMBER`](Self::AMBER).
    pub const AMBER_BG: Self = Self(0xfd, 0xf3, 0xdf);
    /// Success.
    pub const GREEN: Self = Self(0x18, 0x71, 0x3a);
    /// Background for [`GREEN`](Self::GREEN).
    pub const GREEN_BG: Self = Self(0xe9, 0xf6, 0xec);
    /// Platinum tier.
    pub const VIOLET: Self = Self(0x6a, 0x45, 0xb0);
    /// Background for [`VIOLET`](Self::VIOLET).
    pub const VIOLET_BG: Self = Self(0xf2, 0xed, 0xfb);
    /// Prospect tier.
    pub const BLUE: Self = Self(0x1f, 0x5f, 0xb0);
    /// Background for [`BLUE`](Self::BLUE).
    pub const BLUE_BG: Self = Self(0xea, 0xf2, 0xfc);
    /// Bronze tier.
    pub const BRONZE: Self = Self(0x96, 0x50, 0x1d);
    /// Background for [`BRONZE`](Self::BRONZE).
    pub const BRONZE_BG: Self = Self(0xfa, 0xef, 0xe6);
    /// Neutral.
    pub const SLATE: Self = Self(0x52, 0x54, 0x5a);
    /// Background for [`SLATE`](Self::SLATE).
    pub const SLATE_BG: Self = Self(0xef, 0xef, 0xed);

    pub(super) fn paint(self) -> rgb::Color {
        rgb::Color::new(self.0, self.1, self.2)
    }
}

/// Font weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// For body text.
    Regular,
    /// For headings and emphasis.
    SemiBold,
}

/// Text style.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    /// Size in points.
    pub size: f32,
    /// Distance between baselines, in points.
    pub leading: f32,
    pub weight: Weight,
    pub colour: Colour,
    /// Whether it is a figure: tabular digits, with a small gap between thousands that is not a character.
    pub figure: bool,
}

impl Style {
    /// Title of a report.
    pub const TITLE: Self = Self::new(23.0, 28.0, Weight::SemiBold, Colour::INK);
    /// Section heading.
    pub const HEADING: Self = Self::new(13.0, 17.0, Weight::SemiBold, Colour::INK);
    /// Subsection heading, and title of an entry.
    pub const SUBHEADING: Self = Self::new(9.5, 13.0, Weight::SemiBold, Colour::INK);
    /// Body text.
    pub const BODY: Self = Self::new(9.0, 13.0, Weight::Regular, Colour::INK);
    /// Notes and secondary lines.
    pub const NOTE: Self = Self::new(8.0, 11.0, Weight::Regular, Colour::INK_3);
    /// Labels and column headers.
    pub const LABEL: Self = Self::new(7.5, 10.0, Weight::SemiBold, Colour::INK_3);
    /// Table cells.
    pub const CELL: Self = Self::new(8.5, 11.5, Weight::Regular, Colour::INK);

    const fn new(size: f32, leading: f32, weight: Weight, colour: Colour) -> Self {
        Self { size, leading, weight, colour, figure: false }
    }

    /// The same style for figures.
    #[must_use]
    pub const fn figures(self) -> Self {
        Self { figure: true, ..self }
    }

    /// The same style in another colour.
    #[must_use]
    pub const fn coloured(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }

    /// The same style in another weight.
    #[must_use]
    pub const fn weighing(self, weight: Weight) -> Self {
        Self { weight, ..self }
    }

    /// The same style, scaled.
    #[must_use]
    pub fn scaled(self, by: f32) -> Self {
        Self { size: self.size * by, leading: self.leading * by, ..self }
    }
}
