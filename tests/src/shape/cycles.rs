//! Sibling modules do not depend on each other in a circle, so that each can be read after those that it names.
//!
//! A module names another if anything below it names anything below the other, directly or by way of a `use` in a module above.
//! Parents and their children may name each other.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::names::Names;
use super::source::{ModulePath, Tree};

/// No path goes through more `use` than this.
const HOPS: usize = 16;

/// Where a module names another: the file, what it says there, and how many names there are.
struct Witness {
    file: PathBuf,
    path: String,
    count: usize,
}

/// The edges between the modules below one module.
type Graph = BTreeMap<(String, String), Witness>;

/// The names in every module of a tree.
pub struct Resolver<'a> {
    tree: &'a Tree,
    names: BTreeMap<&'a ModulePath, Names>,
    /// Macros at the root of the crate, by the module that defines them.
    macros: BTreeMap<String, &'a ModulePath>,
}

fn child(module: &[String], name: &str) -> ModulePath {
    [module, &[name.to_owned()]].concat()
}

impl<'a> Resolver<'a> {
    pub fn new(tree: &'a Tree) -> Self {
        let names: BTreeMap<_, _> =
            tree.modules.iter().map(|(path, module)| (path, Names::of(&module.items))).collect();
        let macros = names.iter().flat_map(|(path, names)| names.exported.iter().map(|name| (name.clone(), *path)));
        Self { tree, macros: macros.collect(), names }
    }

    /// Collects in `named` the modules that `path` leads to, written in the module `from`. Returns the last one if the path ends
    /// at a module and not at an item in it.
    fn follow(&self, from: &[String], path: &[String], hops: usize, named: &mut Vec<ModulePath>) -> Option<ModulePath> {
        let (mut at, mut rest) = (from.to_vec(), path);
        while let Some((name, after)) = rest.split_first() {
            match name.as_str() {
                "crate" => at.clear(),
                "super" => drop(at.pop()),
                "self" => {}
                _ => break,
            }
            rest = after;
        }
        while let Some((name, after)) = rest.split_first() {
            let below = child(&at, name);
            let item = after.is_empty() && self.names[&at].items.contains(name);
            if self.names.contains_key(&below) && !item {
                at = below;
            } else {
                let import = self.imported(&at, name, hops, named);
                let defined = self.macros.get(name).filter(|_| at.is_empty());
                named.push(defined.map_or(at, |module| (*module).clone()));
                at = import?;
            }
            rest = after;
        }
        named.push(at.clone());
        Some(at)
    }

    /// Follows a name that `use` brings into `module`, and returns the module that it stands for if it is one. A type and a
    /// function may share a name, so more than one `use` may bring it.
    fn imported(&self, module: &[String], name: &str, hops: usize, named: &mut Vec<ModulePath>) -> Option<ModulePath> {
        let names = self.names.get(&module.to_vec()).filter(|_| hops < HOPS)?;
        let mut found = None;
        for (_, path) in names.imports.iter().filter(|(import, path)| import == name && path != &[name]) {
            found = self.follow(module, path, hops + 1, named).or(found);
        }
        for glob in &names.globs {
            let Some(source) = self.follow(module, glob, hops + 1, &mut Vec::new()) else { continue };
            if self.names[&source].items.contains(name) || self.names.contains_key(&child(&source, name)) {
                found = self.follow(&source, &[name.to_owned()], hops + 1, named).or(found);
            }
        }
        found
    }

    /// The graph of the children of every module that has some.
    fn graphs(&self) -> BTreeMap<ModulePath, Graph> {
        let mut graphs: BTreeMap<ModulePath, Graph> = BTreeMap::new();
        for (from, names) in &self.names {
            let imports = names.imports.iter().map(|(_, path)| path);
            for path in imports.chain(&names.globs).chain(&names.paths) {
                let mut named = Vec::new();
                self.follow(from, path, 0, &mut named);
                for to in BTreeSet::from_iter(named) {
                    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
                    if common == from.len() || common == to.len() {
                        continue;
                    }
                    let edge = (from[common].clone(), to[common].clone());
                    let file = self.tree.modules[*from].file.clone();
                    let witness = || Witness { file, path: path.join("::"), count: 0 };
                    let graph = graphs.entry(from[..common].to_vec()).or_default();
                    graph.entry(edge).or_insert_with(witness).count += 1;
                }
            }
        }
        graphs
    }
}

/// The modules that `start` leads to, over one edge or several.
fn reached<'a>(graph: &'a Graph, start: &str) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open = vec![start];
    while let Some(module) = open.pop() {
        for (_, to) in graph.keys().filter(|(from, _)| from == module) {
            if reached.insert(to.as_str()) {
                open.push(to);
            }
        }
    }
    reached
}

/// The groups of modules of which each leads to all others.
fn groups(graph: &Graph) -> BTreeSet<BTreeSet<&str>> {
    let from: BTreeMap<&str, BTreeSet<&str>> =
        graph.keys().map(|(from, _)| (from.as_str(), reached(graph, from))).collect();
    let both = |a: &str, b: &str| from.get(a).is_some_and(|reached| reached.contains(b));
    from.iter()
        .map(|(module, reached)| reached.iter().copied().filter(|other| both(other, module)).collect())
        .filter(|group: &BTreeSet<&str>| group.len() > 1)
        .collect()
}

/// The circles in a tree: one line each, with the modules, and for each edge the file and one of the paths that make it.
pub fn cycles(tree: &Tree) -> Vec<String> {
    let mut lines = Vec::new();
    for (parent, graph) in Resolver::new(tree).graphs() {
        for group in groups(&graph) {
            let place = [std::slice::from_ref(&tree.name), &parent].concat().join("::");
            let mut line = format!("{place}: {}", group.iter().copied().collect::<Vec<_>>().join(", "));
            for ((from, to), Witness { file, path, count }) in &graph {
                if group.contains(from.as_str()) && group.contains(to.as_str()) {
                    let times = if *count == 1 { String::new() } else { format!(" and {} more", count - 1) };
                    write!(line, "; {from} -> {to} ({}: {path}{times})", file.display()).unwrap();
                }
            }
            lines.push(line);
        }
    }
    lines
}

#[test]
fn no_modules_depend_on_each_other_in_a_circle() {
    let cycles: Vec<String> = super::Workspace::read().trees().iter().flat_map(cycles).collect();
    assert!(cycles.is_empty(), "{} circles:\n{}", cycles.len(), cycles.join("\n"));
}

/// The circles in a crate of these files.
fn found(files: &[(&str, &str)]) -> Vec<String> {
    let open = |path: &Path| files.iter().find(|(name, _)| path == Path::new(name)).map(|(_, text)| (*text).to_owned());
    cycles(&Tree::read("a", Path::new("lib.rs"), &open))
}

#[test]
fn a_circle_through_super_is_found() {
    let files = [
        ("lib.rs", "mod b; mod c;"),
        ("b.rs", "use super::c; fn f() { c::g() }"),
        ("c.rs", "fn g() { format!(\"{}\", super::b::f()) }"),
    ];
    assert_eq!(found(&files), ["a: b, c; b -> c (b.rs: super::c and 1 more); c -> b (c.rs: super::b::f)"]);
}

#[test]
fn a_circle_through_crate_is_found_where_it_is() {
    let files = [
        ("lib.rs", "mod b { pub mod c; pub mod d; }"),
        ("b/c.rs", "type T = Vec<crate::b::d::T>; use serde::d;"),
        ("b/d/mod.rs", "mod e { use crate::b::{c::T as U, d}; }"),
    ];
    assert_eq!(found(&files), ["a::b: c, d; c -> d (b/c.rs: crate::b::d::T); d -> c (b/d/mod.rs: crate::b::c::T)"]);
}

#[test]
fn a_circle_through_a_re_export_is_found() {
    let files = [
        ("lib.rs", "mod b; mod c; pub use c::T as U; use b::*;"),
        ("b.rs", "pub struct S; fn f(_: crate::U) {}"),
        ("c.rs", "pub struct T(super::S);"),
    ];
    assert_eq!(found(&files), ["a: b, c; b -> c (b.rs: crate::U); c -> b (c.rs: super::S)"]);
}

#[test]
fn a_circle_of_three_is_found() {
    let files = [(
        "lib.rs",
        "mod b { use super::c::T; } mod c { pub struct T(crate::d::T); } mod d { use super::b; } mod e { use super::b; }",
    )];
    let edges = "b -> c (lib.rs: super::c::T); c -> d (lib.rs: crate::d::T); d -> b (lib.rs: super::b)";
    assert_eq!(found(&files), [format!("a: b, c, d; {edges}")]);
}

#[test]
fn a_macro_belongs_to_the_module_that_defines_it() {
    let files = [
        ("lib.rs", "mod b; mod c;"),
        ("b.rs", "#[macro_export] macro_rules! m { () => { $crate::c::f() } }"),
        ("c.rs", "crate::m!(); fn f() {}"),
    ];
    assert_eq!(found(&files), ["a: b, c; b -> c (b.rs: crate::c::f); c -> b (c.rs: crate::m)"]);
}

#[test]
fn parents_and_children_may_name_each_other() {
    let files = [
        ("lib.rs", "mod b; use b::c::T; fn g(_: b::S) {}"),
        ("b.rs", "pub mod c; pub struct S(c::T); fn f() { crate::g() }"),
        ("b/c.rs", "pub struct T; fn f(_: super::S, _: crate::b::S) { crate::g() }"),
    ];
    assert_eq!(found(&files), [""; 0]);
}

#[test]
fn tests_and_other_crates_are_left_out() {
    let files = [
        ("lib.rs", "mod b; mod c;"),
        ("b.rs", "use super::c; #[cfg(test)] mod tests { use crate::c::T; }"),
        (
            "c.rs",
            "#[cfg(test)] use super::b::T; use ::b::U; fn f() { self::b::f(); b::f(<T>::b::f()) } mod b {} #[cfg(test)] mod t;",
        ),
    ];
    assert_eq!(found(&files), [""; 0]);
}
