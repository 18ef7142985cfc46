//! Which crate of the workspace may depend on which, and which of them know the AWS SDK. Dependencies for tests count too, except
//! where only what is deployed matters.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::Workspace;

/// The shared crates from the bottom up. A crate depends only on layers below its own, so crates of one layer do not know each other.
const LAYERS: [&[(&str, &str)]; 6] = [
    &[("kernel", "Values, errors and the policy: what has a meaning without a table, a network or a workspace.")],
    &[("platform", "What every workspace runs on: the table, HTTP, audit, uploads, mail and the clients of AWS.")],
    &[("people", "Users, their sessions and what reaches them; it knows nothing of what they work on.")],
    &[("investor-relations", "The Investors workspace."), ("product-development", "The Products workspace.")],
    &[("discovery", "Search and the audit trail over all entities of both workspaces.")],
    &[("exchange", "Imports, exports and reports, which bring in and take out what everything below knows.")],
];

/// Which function serves which workspace. The tests of the deployed policies read the same file.
const WORKSPACES: &str = include_str!("../../workspaces.toml");

/// The functions in one group of the file.
#[derive(Deserialize)]
struct Group {
    functions: Vec<String>,
}

/// The crates that know all functions, because they run or test them, and that speak to the emulators of AWS.
const AROUND: [&str; 2] = ["local", "tests"];

/// Beginnings of the names of crates whose types are AWS's. The measurements in `bench/` are no members of the workspace.
const AWS: [&str; 5] = ["aws-config", "aws-sdk-", "aws-smithy-", "aws-types", "serde_dynamo"];

/// The types of the events that AWS invokes a function with. A function without routes is given one of them and may name it.
const EVENTS: &str = "aws_lambda_events";

/// A crate and the names of the crates that it depends on.
struct Crate {
    /// The folder below the workspace, such as `functions/live`.
    folder: String,
    deployed: BTreeSet<String>,
    all: BTreeSet<String>,
}

impl Crate {
    fn is_function(&self) -> bool {
        self.folder.starts_with("functions/")
    }
}

fn crates() -> BTreeMap<String, Crate> {
    let workspace = Workspace::read();
    let mut crates = BTreeMap::new();
    for package in &workspace.packages {
        let (mut deployed, mut all) = (BTreeSet::new(), BTreeSet::new());
        for dependency in package["dependencies"].as_array().unwrap() {
            let name = dependency["name"].as_str().unwrap().to_owned();
            if dependency["kind"].is_null() {
                deployed.insert(name.clone());
            }
            all.insert(name);
        }
        let folder = workspace.relative(&package["manifest_path"]).parent().map(Path::to_owned).unwrap();
        let folder = folder.to_str().unwrap().to_owned();
        crates.insert(package["name"].as_str().unwrap().to_owned(), Crate { folder, deployed, all });
    }
    crates
}

/// The crates of the workspace that are linked into `name`.
fn linked<'a>(crates: &'a BTreeMap<String, Crate>, name: &str) -> BTreeSet<&'a str> {
    let mut linked = BTreeSet::new();
    let mut open = vec![name];
    while let Some(next) = open.pop() {
        for dependency in crates[next].deployed.iter().filter(|name| crates.contains_key(*name)) {
            if linked.insert(dependency.as_str()) {
                open.push(dependency);
            }
        }
    }
    linked
}

#[test]
fn shared_crates_depend_on_the_layers_below_them() {
    let crates = crates();
    let (mut below, mut wrong) = (BTreeSet::new(), Vec::new());
    for layer in LAYERS {
        for (name, meaning) in layer {
            let known = crates.get(*name).unwrap_or_else(|| panic!("{name} is no crate")).all.iter();
            let upward = known.filter(|other| crates.contains_key(*other) && !below.contains(other.as_str()));
            wrong.extend(upward.map(|other| format!("{name} -> {other}. {name}: {meaning}")));
        }
        below.extend(layer.iter().map(|(name, _)| *name));
    }
    assert!(wrong.is_empty(), "not to a layer below:\n{}", wrong.join("\n"));
    let shared = crates.iter().filter(|(_, member)| member.folder.starts_with("shared/"));
    let shared: BTreeSet<&str> = shared.map(|(name, _)| name.as_str()).collect();
    assert_eq!(shared, below, "left: shared/, right: the layers");
}

#[test]
fn no_function_depends_on_another() {
    let crates = crates();
    let mut wrong = Vec::new();
    for (name, member) in crates.iter().filter(|(name, _)| !AROUND.contains(&name.as_str())) {
        let functions = member.all.iter().filter(|other| crates.get(*other).is_some_and(Crate::is_function));
        wrong.extend(functions.map(|other| format!("{name} -> {other}")));
    }
    assert!(wrong.is_empty(), "only {AROUND:?} may depend on functions: {wrong:?}");
}

#[test]
fn no_function_reaches_the_other_workspace() {
    let crates = crates();
    let both = ["investor-relations", "product-development"];
    let groups: BTreeMap<String, Group> = toml::from_str(WORKSPACES).unwrap();
    let mut listed = BTreeSet::new();
    for (group, serves) in
        [("investors", &both[..1]), ("products", &both[1..]), ("core", &[] as &[&str]), ("both", &both)]
    {
        for name in &groups[group].functions {
            assert!(listed.insert(name.as_str()), "{name} is listed twice");
            let linked = linked(&crates, name);
            let reached: BTreeSet<&str> = both.into_iter().filter(|workspace| linked.contains(workspace)).collect();
            assert_eq!(
                reached,
                serves.iter().copied().collect(),
                "{name}: left: what it reaches, right: what it serves"
            );
        }
    }
    let functions = crates.iter().filter(|(_, member)| member.is_function());
    let functions: BTreeSet<&str> = functions.map(|(name, _)| name.as_str()).collect();
    assert_eq!(functions, listed, "left: functions/, right: tests/workspaces.toml");
}

#[test]
fn only_the_platform_knows_the_aws_sdk() {
    let mut wrong = Vec::new();
    for (name, member) in crates() {
        if name == "platform" || AROUND.contains(&name.as_str()) {
            continue;
        }
        let invoked = member.is_function() && !member.all.contains("lambda_http");
        let of_aws = |other: &&String| AWS.iter().any(|aws| other.starts_with(aws)) || (*other == EVENTS && !invoked);
        wrong.extend(member.all.iter().filter(of_aws).map(|other| format!("{name} -> {other}")));
    }
    assert!(wrong.is_empty(), "only the platform depends on AWS: {wrong:?}");
}

/// The files of Rust below `folder`, whatever their depth.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let found = entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    found.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

#[test]
fn only_the_platform_reaches_the_table_client() {
    let workspace = Workspace::read();
    let mut wrong = Vec::new();
    for folder in ["shared", "functions"] {
        for path in sources(&workspace.root.join(folder)) {
            let inside = path.strip_prefix(&workspace.root).unwrap();
            if !inside.starts_with("shared/platform") && std::fs::read_to_string(&path).unwrap().contains(".client()") {
                wrong.push(inside.to_owned());
            }
        }
    }
    assert!(wrong.is_empty(), "writes go through a transaction or Table::write: {wrong:?}");
}
