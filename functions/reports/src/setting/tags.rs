//! Structure of a report for screen readers (tagged PDF, ISO 32000-1, 14.8).

use std::num::NonZeroU16;

use krilla::tagging::{Identifier, Node, TableHeaderScope, Tag, TagGroup, TagKind, TagTree};

/// Role of a structure element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A heading with its level, starting at 1.
    Heading(u16),
    /// Body text.
    Paragraph,
    Table,
    Row,
    /// A column header.
    ColumnHead,
    Data,
}

impl Role {
    fn tag(self) -> TagKind {
        match self {
            Self::Heading(level) => Tag::Hn(NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN), None).into(),
            Self::Paragraph => Tag::P.into(),
            Self::Table => Tag::Table.into(),
            Self::Row => Tag::TR.into(),
            Self::ColumnHead => Tag::TH(TableHeaderScope::Column).into(),
            Self::Data => Tag::TD.into(),
        }
    }
}

/// A structure element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece(usize);

/// All structure elements of a report, in reading order.
#[derive(Debug, Default)]
pub struct Pieces {
    pieces: Vec<(Role, Option<Piece>)>,
}

impl Pieces {
    /// Adds an element, inside another one or at the top level.
    pub fn add(&mut self, role: Role, within: Option<Piece>) -> Piece {
        self.pieces.push((role, within));
        Piece(self.pieces.len() - 1)
    }

    /// Empty identifier lists of the drawn content, one per element.
    pub fn drawn(&self) -> Vec<Vec<Identifier>> {
        vec![Vec::new(); self.pieces.len()]
    }

    /// The tree of elements with their drawn content.
    pub fn tree(&self, drawn: Vec<Vec<Identifier>>) -> TagTree {
        let mut groups: Vec<Option<TagGroup>> = Vec::new();
        for ((role, _), drawn) in self.pieces.iter().zip(drawn) {
            groups.push(Some(TagGroup::with_children(role.tag(), drawn.into_iter().map(Node::from).collect())));
        }
        // A child comes after its parent, so going backwards each element is complete when it is stored.
        let mut tops = Vec::new();
        for at in (0..groups.len()).rev() {
            let Some(group) = groups[at].take() else { continue };
            match self.pieces[at].1.and_then(|Piece(within)| groups[within].as_mut()) {
                Some(outer) => outer.children.insert(0, group.into()),
                None => tops.push(group),
            }
        }
        let mut tree = TagTree::new().with_lang(Some("en".into()));
        tops.into_iter().rev().for_each(|group| tree.push(group));
        tree
    }
}

impl Piece {
    /// Index among the drawn content.
    pub fn place(self) -> usize {
        self.0
    }
}
