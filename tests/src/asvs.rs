//! The list of security requirements is complete, and the tests that it names exist.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::drift::{project, read};

/// The requirements of levels 1 and 2 by section, as OWASP ASVS 5.0 numbers them. Those of level 3 are left out.
const SECTIONS: &str = "
1.1 2; 1.2 9; 1.3 11; 1.4 3; 1.5 2; 2.1 3; 2.2 3; 2.3 4; 2.4 1; 3.2 2; 3.3 4; 3.4 6; 3.5 5; 3.7 2; 4.1 3; 4.2 1; 4.3 2; 4.4 4; 5.1 1; 5.2 3;
5.3 2; 5.4 3; 6.1 3; 6.2 12; 6.3 4; 6.4 4; 6.5 5; 6.6 3; 6.8 4; 7.1 3; 7.2 4; 7.3 2; 7.4 5; 7.5 2; 7.6 2; 8.1 2; 8.2 3; 8.3 1; 8.4 1; 9.1 3;
9.2 4; 10.1 2; 10.2 2; 10.3 4; 10.4 11; 10.5 5; 10.6 2; 10.7 3; 11.1 2; 11.2 3; 11.3 3; 11.4 4; 11.5 1; 11.6 1; 12.1 3; 12.2 2; 12.3 4;
13.1 1; 13.2 5; 13.3 2; 13.4 5; 14.1 2; 14.2 4; 14.3 3; 15.1 3; 15.2 3; 15.3 7; 16.1 1; 16.2 5; 16.3 4; 16.4 3; 16.5 3; 17.1 1; 17.2 4; 17.3 2";

/// What shows a requirement where no test can.
const REVIEWS: [&str; 4] = ["code review", "template review", "compiler", "browser tests of the sign-in page"];

struct Row {
    id: String,
    state: String,
    shown_by: String,
}

fn rows(document: &str) -> Vec<Row> {
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let tables = document.lines().filter(|line| line.starts_with("| ")).map(cells);
    let rows = tables.filter(|cells| cells[0].starts_with(|c: char| c.is_ascii_digit()));
    rows.map(|cells| {
        let [id, _level, state, _how, shown_by] = <[String; 5]>::try_from(cells).expect("five cells");
        Row { id, state, shown_by }
    })
    .collect()
}

/// Every file below a folder, without those that are built or fetched.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let skipped = ["node_modules", "target", "dist", ".venv", "test-results"];
        match path.file_name().and_then(|name| name.to_str()) {
            Some(name) if skipped.contains(&name) => {}
            _ if path.is_dir() => files(&path, found),
            _ => found.push(path),
        }
    }
}

#[test]
fn every_requirement_is_listed_once_and_in_order() {
    let listed: Vec<String> = rows(&read("docs/ASVS.md")).into_iter().map(|row| row.id).collect();
    let mut expected = Vec::new();
    for section in SECTIONS.split(';') {
        let (section, count) = section.trim().split_once(' ').unwrap();
        expected.extend((1..=count.parse::<u32>().unwrap()).map(|number| format!("{section}.{number}")));
    }
    assert_eq!(listed, expected);
}

#[test]
fn the_counts_of_requirements_are_right() {
    let document = read("docs/ASVS.md");
    let mut counts = BTreeMap::new();
    for row in rows(&document) {
        *counts.entry(row.state).or_insert(0) += 1;
    }
    let count = |state: &str| counts.get(state).copied().unwrap_or(0);
    let (met, absent, unmet) = (count("met"), count("not applicable"), count("not met"));
    let total = met + absent + unmet;
    assert_eq!(counts.values().sum::<i32>(), total, "another state: {counts:?}");
    let said = format!("Requirements: {total}. Met: {met}. Not applicable: {absent}. Not met: {unmet}.");
    assert!(document.contains(&said), "{said}");
}

#[test]
fn what_shows_a_requirement_exists() {
    let mut found = Vec::new();
    for folder in ["functions", "local", "shared", "tests", "web/src", "web/test"] {
        files(&project(folder), &mut found);
    }
    let is_code = |path: &&PathBuf| path.extension().is_some_and(|kind| ["rs", "py"].iter().any(|code| kind == *code));
    let code: String = found.iter().filter(is_code).map(|path| fs::read_to_string(path).unwrap()).collect();
    let makefile = read("Makefile");
    for row in rows(&read("docs/ASVS.md")).iter().filter(|row| row.state == "met") {
        let mut parts = row.shown_by.split('`');
        let words = parts.next().unwrap_or_default().trim();
        let names: Vec<&str> = parts.step_by(2).collect();
        assert!(!names.is_empty() || REVIEWS.contains(&words), "{}: nothing shows it", row.id);
        for name in names {
            let exists = match name.strip_prefix("make ") {
                Some(target) => makefile.contains(&format!("\n{target}:")),
                None if name.contains('.') => found.iter().any(|path| path.ends_with(name)) || project(name).exists(),
                None => code.contains(&format!("fn {name}(")) || code.contains(&format!("def {name}(")),
            };
            assert!(exists, "{}: {name} does not exist", row.id);
        }
    }
}
