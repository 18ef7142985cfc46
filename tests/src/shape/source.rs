//! The modules of a crate, read from its files. What is compiled only for tests is left out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use syn::{Attribute, Expr, Item, ItemMod, Lit, Meta};

/// The names from the root of the crate to a module; the root itself has none.
pub type ModulePath = Vec<String>;

/// A module: its file, and its items without the modules below it.
pub struct Module {
    pub file: PathBuf,
    pub items: Vec<Item>,
}

/// All modules of one library or binary.
pub struct Tree {
    pub name: String,
    pub modules: BTreeMap<ModulePath, Module>,
}

/// Whether something is compiled only for tests.
pub fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        _ => false,
    })
}

/// The attributes of an item, including its documentation.
pub fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// The file that `#[path = "…"]` names.
fn elsewhere(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    })
}

/// The place of a module: its file, and the folder with the files of the modules below it.
#[derive(Clone)]
struct Place {
    file: PathBuf,
    folder: PathBuf,
}

type Open<'a> = &'a dyn Fn(&Path) -> Option<String>;

impl Tree {
    /// Reads the tree below `root`, which is a `lib.rs` or `main.rs`; `open` returns the text of a file that exists.
    pub fn read(name: &str, root: &Path, open: Open) -> Self {
        let mut tree = Self { name: name.to_owned(), modules: BTreeMap::new() };
        let place = Place { file: root.to_owned(), folder: root.parent().unwrap().to_owned() };
        tree.add_file(&Vec::new(), place, open);
        tree
    }

    fn add_file(&mut self, path: &ModulePath, place: Place, open: Open) {
        let text = open(&place.file).unwrap_or_else(|| panic!("{} is missing", place.file.display()));
        let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", place.file.display()));
        self.add(path, place, file.items, open);
    }

    fn add(&mut self, path: &ModulePath, place: Place, items: Vec<Item>, open: Open) {
        let mut own = Vec::new();
        for item in items {
            match item {
                item if is_test(attributes(&item)) => {}
                Item::Mod(module) => self.add_child(path, &place, module, open),
                item => own.push(item),
            }
        }
        self.modules.insert(path.clone(), Module { file: place.file, items: own });
    }

    fn add_child(&mut self, parent: &ModulePath, place: &Place, module: ItemMod, open: Open) {
        let name = module.ident.to_string();
        let path = [parent.as_slice(), std::slice::from_ref(&name)].concat();
        let folder = place.folder.join(&name);
        if let Some((_, items)) = module.content {
            return self.add(&path, Place { file: place.file.clone(), folder }, items, open);
        }
        let place = if let Some(other) = elsewhere(&module.attrs) {
            let file = place.file.parent().unwrap().join(other);
            Place { folder: file.parent().unwrap().to_owned(), file }
        } else {
            let file = place.folder.join(format!("{name}.rs"));
            let file = if open(&file).is_some() { file } else { folder.join("mod.rs") };
            Place { file, folder }
        };
        self.add_file(&path, place, open);
    }
}
