//! What the pieces of a report are, for those who have it read out (tagged PDF, ISO 32000-1, 14.8).

use std::num::NonZeroU16;

use krilla::tagging::{Identifier, Node, TableHeaderScope, Tag, TagGroup, TagKind, TagTree};

/// What a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A heading of a level from 1.
    Heading(u16),
    /// Running text.
    Paragraph,
    /// A table.
    Table,
    /// A row of a table.
    Row,
    /// The head of a column.
    ColumnHead,
    /// A cell.
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

/// A piece of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece(usize);

/// All pieces of a report, in the order of reading.
#[derive(Debug, Default)]
pub struct Pieces {
    pieces: Vec<(Role, Option<Piece>)>,
}

impl Pieces {
    /// A new piece, inside another one or by itself.
    pub fn add(&mut self, role: Role, within: Option<Piece>) -> Piece {
        self.pieces.push((role, within));
        Piece(self.pieces.len() - 1)
    }

    /// What is drawn, to be filled.
    pub fn drawn(&self) -> Vec<Vec<Identifier>> {
        vec![Vec::new(); self.pieces.len()]
    }

    /// The tree of the pieces with what was drawn of each.
    pub fn tree(&self, drawn: Vec<Vec<Identifier>>) -> TagTree {
        let mut groups: Vec<Option<TagGroup>> = Vec::new();
        for ((role, _), drawn) in self.pieces.iter().zip(drawn) {
            groups.push(Some(TagGroup::with_children(role.tag(), drawn.into_iter().map(Node::from).collect())));
        }
        // A piece comes after the one that it is in, so from the end each is whole when it is put away.
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
    /// Its place among what is drawn.
    pub fn place(self) -> usize {
        self.0
    }
}
