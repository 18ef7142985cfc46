//! The paths that the code of a module names: in `use`, in code and types, and among the tokens of macros and attributes.

use std::collections::BTreeSet;

use syn::buffer::{Cursor, TokenBuffer};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemUse, Macro, Meta, Path, UseTree};

/// The segments of a path, such as `super` and `Task`.
pub type Segments = Vec<String>;

/// What a module says by name.
#[derive(Default)]
pub struct Names {
    /// What `use` brings in: the name in this module and the path that it stands for.
    pub imports: BTreeSet<(String, Segments)>,
    /// The paths before `::*`.
    pub globs: BTreeSet<Segments>,
    /// Paths of at least two segments.
    pub paths: BTreeSet<Segments>,
    /// The items that the module itself defines.
    pub items: BTreeSet<String>,
    /// Macros that the module puts at the root of the crate.
    pub exported: BTreeSet<String>,
}

impl Names {
    pub fn of(items: &[Item]) -> Self {
        let mut names = Self::default();
        for item in items {
            names.define(item);
            names.visit_item(item);
        }
        names
    }

    fn define(&mut self, item: &Item) {
        let name = match item {
            Item::Const(item) => &item.ident,
            Item::Enum(item) => &item.ident,
            Item::Fn(item) => &item.sig.ident,
            Item::Static(item) => &item.ident,
            Item::Struct(item) => &item.ident,
            Item::Trait(item) => &item.ident,
            Item::Type(item) => &item.ident,
            Item::Macro(item) => match &item.ident {
                Some(name) if item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export")) => {
                    self.exported.insert(name.to_string());
                    name
                }
                Some(name) => name,
                None => return,
            },
            _ => return,
        };
        self.items.insert(name.to_string());
    }

    fn import(&mut self, before: &Segments, tree: &UseTree) {
        let with = |name: &dyn ToString| [before.as_slice(), &[name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.import(&with(&path.ident), &path.tree),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.import(before, tree)),
            UseTree::Glob(_) => drop(self.globs.insert(before.clone())),
            UseTree::Name(name) if name.ident == "self" => self.bring(None, before.clone()),
            UseTree::Name(name) => self.bring(None, with(&name.ident)),
            UseTree::Rename(name) if name.ident == "self" => self.bring(Some(name.rename.to_string()), before.clone()),
            UseTree::Rename(name) => self.bring(Some(name.rename.to_string()), with(&name.ident)),
        }
    }

    fn bring(&mut self, name: Option<String>, path: Segments) {
        let name = name.or_else(|| path.last().cloned());
        self.imports.insert((name.unwrap_or_default(), path));
    }

    /// Finds paths among tokens that are no Rust yet: what a macro or an attribute is given.
    fn scan(&mut self, mut tokens: Cursor) {
        let mut path: Segments = Vec::new();
        // The number of colons since the last name: two of them join it to the next one.
        let mut colons = 0;
        while !tokens.eof() {
            if let Some((name, rest)) = tokens.ident() {
                if colons != 2 {
                    self.note(std::mem::take(&mut path));
                }
                // After `::` without a name before it, as in `<T>::new` and `::std`, nothing of this crate follows.
                if colons != 2 || !path.is_empty() {
                    path.push(name.to_string());
                }
                (colons, tokens) = (0, rest);
            } else if let Some((sign, rest)) = tokens.punct() {
                colons = if sign.as_char() == ':' { colons + 1 } else { 0 };
                if colons != 1 && colons != 2 {
                    self.note(std::mem::take(&mut path));
                }
                tokens = rest;
            } else {
                self.note(std::mem::take(&mut path));
                colons = 0;
                tokens = if let Some((inside, _, _, rest)) = tokens.any_group() {
                    self.scan(inside);
                    rest
                } else if let Some((_, rest)) = tokens.token_tree() {
                    rest
                } else {
                    return;
                };
            }
        }
        self.note(path);
    }

    fn note(&mut self, path: Segments) {
        if path.len() > 1 {
            self.paths.insert(path);
        }
    }
}

impl Visit<'_> for Names {
    fn visit_item_use(&mut self, item: &ItemUse) {
        if item.leading_colon.is_none() {
            self.import(&Vec::new(), &item.tree);
        }
    }

    fn visit_path(&mut self, path: &Path) {
        if path.leading_colon.is_none() {
            self.note(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, called: &Macro) {
        self.visit_path(&called.path);
        self.scan(TokenBuffer::new2(called.tokens.clone()).begin());
    }

    fn visit_attribute(&mut self, attribute: &Attribute) {
        if let Meta::List(list) = &attribute.meta {
            self.scan(TokenBuffer::new2(list.tokens.clone()).begin());
        }
        self.visit_path(attribute.path());
    }
}
