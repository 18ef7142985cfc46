//! What the deployed functions of one workspace may reach of the other, by their own policies in `template.yaml`: nothing.
//!
//! Whether each function stays within its policy is checked over the recorded calls of the deployed tests; here the policies
//! themselves are asked, as IAM evaluates them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use proptest::prelude::*;

use crate::shape::{BOTH, CORE, INVESTORS, PRODUCTS};

const TABLE: &str = "table/${TableName}";
const KEYS: &str = "table/${KeysTableName}";

/// Partitions of the table that hold something of investors.
const OF_INVESTORS: &[&str] = &[
    "INVESTOR#1",
    "LIST#INVESTORS#tier#gold",
    "STATS#ALL",
    "STATS#MANAGER#1",
    "STATS#USER#1",
    "STATS#USERS#2026-11",
    "STATS#INVESTOR#1",
    "RECENT#ALL",
    "DUPLICATE#NAME#AKM",
    "COUNTED#INVESTOR#1",
    "UNIQUE#investor_email#1",
    "UNIQUE#investor_key#1",
    "AUDIT#investor#1",
    "AUDIT#activity#1",
    "AUDIT#investment#1",
    "AUDIT#cash_flow#1",
    "AUDIT#document#1",
    "AUDIT#reminder#1",
];
/// The same in the indexes.
const LISTS_OF_INVESTORS: &[(&str, &str)] = &[
    ("gsi1", "INVESTORS"),
    ("gsi1", "INVESTORS#DELETED"),
    ("gsi1", "TIMELINE#1"),
    ("gsi1", "MERGES#1"),
    ("gsi1", "REMINDERS#1#scheduled"),
    ("gsi1", "RANK#ALL#2026-11"),
    ("gsi2", "INVESTORS#MANAGER#1"),
    ("gsi2", "TIMELINE#1#DOCUMENT"),
    ("gsi2", "INVESTMENT#1#CASH_FLOWS"),
    ("gsi2", "RANK#MANAGER#1#2026-11"),
    ("gsi2", "DUE#REMINDER#0"),
];
/// Objects of investors.
const FILES_OF_INVESTORS: &[&str] = &["pending/documents/1/1/1", "documents/1/1", "quarantine/documents/1/1"];

/// Partitions of the table that hold something of products.
const OF_PRODUCTS: &[&str] = &[
    "PRODUCT#1",
    "TASK#1",
    "LIST#PRODUCTS#MEMBER#1",
    "LIST#TASKS#ASSIGNEE#1",
    "LIST#TASKS#REQUIREMENT#1",
    "STATS#PRODUCT#1",
    "STATS#MILESTONE#1",
    "COUNTED#PRODUCT#1",
    "COUNTED#MILESTONE#PRODUCT#1",
    "UNIQUE#product_key#ORB",
    "UNIQUE#requirement_key#1",
    "USER_VIEWS#1",
    "RULE_RUN#1",
    "AUDIT#product#1",
    "AUDIT#requirement#1",
    "AUDIT#baseline#1",
    "AUDIT#milestone#1",
    "AUDIT#asset#1",
    "AUDIT#attachment#1",
    "AUDIT#task#1",
    "AUDIT#comment#1",
    "AUDIT#rule#1",
];
/// The same in the indexes.
const LISTS_OF_PRODUCTS: &[(&str, &str)] = &[
    ("gsi1", "PRODUCTS"),
    ("gsi1", "PRODUCTS#ARCHIVED"),
    ("gsi1", "REQUIREMENTS#1"),
    ("gsi1", "BASELINES#1"),
    ("gsi1", "ASSETS#1"),
    ("gsi1", "ATTACHMENTS#1"),
    ("gsi1", "BOARD#1"),
    ("gsi1", "COMMENTS#1"),
    ("gsi1", "MILESTONES#1"),
    ("gsi1", "WAITING#1"),
    ("gsi2", "PRODUCTS#OWNER#1"),
    ("gsi2", "WAITING#1#1"),
    ("gsi2", "DUE#TASK#0"),
];
/// Objects of products.
const FILES_OF_PRODUCTS: &[&str] = &[
    "pending/assets/1/1/1",
    "assets/1/1",
    "quarantine/assets/1/1",
    "pending/attachments/1/1",
    "attachments/1",
    "quarantine/attachments/1",
];

const ON_ITEMS: [&str; 7] =
    ["GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"];
const ON_FILES: [&str; 3] = ["GetObject", "PutObject", "DeleteObject"];

/// One statement of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Statement {
    denies: bool,
    actions: Vec<String>,
    resources: Vec<String>,
    /// What `dynamodb:LeadingKeys` must all be like; none when the statement does not ask.
    keys: Option<Vec<String>>,
}

/// Whether `text` is like a pattern with `*` and `?`, as IAM compares them.
fn like(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    // Which beginnings of the pattern the text so far is like.
    let mut reached = vec![false; pattern.len() + 1];
    reached[0] = true;
    for at in 0..pattern.len() {
        reached[at + 1] = reached[at] && pattern[at] == '*';
    }
    for character in text {
        let before = std::mem::replace(&mut reached, vec![false; pattern.len() + 1]);
        for (at, wanted) in pattern.iter().enumerate() {
            reached[at + 1] = match wanted {
                '*' => before[at] || before[at + 1] || reached[at],
                '?' => before[at],
                exact => before[at] && *exact == character,
            };
        }
    }
    reached[pattern.len()]
}

impl Statement {
    fn covers(&self, action: &str, resource: &str, keys: &[&str]) -> bool {
        let any = |patterns: &[String], text: &str| patterns.iter().any(|pattern| like(pattern, text));
        any(&self.actions, action)
            && any(&self.resources, resource)
            // `ForAllValues`: each key; none at all satisfies it as well.
            && self.keys.as_ref().is_none_or(|patterns| keys.iter().all(|key| any(patterns, key)))
    }
}

/// Whether the statements together allow it: some does and none denies it.
fn allowed(policy: &[Statement], action: &str, resource: &str, keys: &[&str]) -> bool {
    let covered = |denies| policy.iter().any(|one| one.denies == denies && one.covers(action, resource, keys));
    covered(false) && !covered(true)
}

/// The texts of a value in the template: `a`, `[a, b]` or a list on the lines that follow.
fn texts(value: &str) -> Vec<String> {
    let plain = |text: &str| {
        let text = text.trim().trim_start_matches("- ").trim_start_matches("!Sub ").trim_start_matches("!GetAtt ");
        let text = text.trim().trim_matches('"');
        let text = text.rsplit("${AWS::AccountId}:").next().unwrap_or(text);
        text.replace("${Uploads.Arn}", "uploads")
    };
    let value = value.trim();
    let inner = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    match inner {
        Some(inner) => inner.split(", ").map(plain).collect(),
        None => value.lines().map(plain).filter(|text| !text.is_empty()).collect(),
    }
}

fn statement(text: &str) -> Statement {
    let part = |from: &str, to: &[&str]| {
        let rest = text.split_once(from).unwrap_or_else(|| panic!("no {from} in {text}")).1;
        let end = to.iter().filter_map(|word| rest.find(word)).min().unwrap_or(rest.len());
        texts(&rest[..end])
    };
    let keys = text.split_once("dynamodb:LeadingKeys: ").map(|(before, rest)| {
        assert!(before.contains(r#"{"ForAllValues:String"#), "a condition that this does not know: {text}");
        texts(&rest[..=rest.find(']').unwrap()])
    });
    let effect = text.split_whitespace().next().unwrap();
    assert!(["Allow", "Deny"].contains(&effect), "{text}");
    let actions = part("Action:", &["Resource:"]);
    Statement { denies: effect == "Deny", actions, resources: part("Resource:", &["Condition:"]), keys }
}

/// What the template says of each resource, by its name.
fn resources() -> BTreeMap<String, String> {
    let template = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../template.yaml")).unwrap();
    let mut blocks: BTreeMap<String, String> = BTreeMap::new();
    let mut name = "";
    for line in template.lines().filter(|line| !line.trim_start().starts_with('#')) {
        if let Some(found) = line.strip_prefix("  ").filter(|rest| rest.starts_with(char::is_uppercase)) {
            name = found.trim_end_matches(':');
        }
        let block = blocks.entry(name.to_owned()).or_default();
        block.push_str(line);
        block.push('\n');
    }
    blocks
}

/// The statements of a role, those of the policies that it shares included, by the name of its function.
fn policies() -> BTreeMap<String, Vec<Statement>> {
    let blocks = resources();
    let of = |block: &str| block.split("- Effect: ").skip(1).map(statement).collect::<Vec<_>>();
    let mut policies = BTreeMap::new();
    for function in blocks.keys().filter(|name| blocks[*name].contains("Type: AWS::Serverless::Function")) {
        let role = &blocks[&format!("{function}Role")];
        let managed = role.lines().find_map(|line| line.trim().strip_prefix("ManagedPolicyArns: ")).unwrap();
        let managed = texts(managed).into_iter().map(|name| name.replace("!Ref ", ""));
        let own = of(role.split_once("Policies:\n").map_or("", |(_, own)| own));
        let all = managed.flat_map(|name| of(&blocks[&name])).chain(own).collect();
        policies.insert(function.clone(), all);
    }
    policies
}

/// What a policy lets its function do of all this, in words.
fn reached(policy: &[Statement], partitions: &[&str], lists: &[(&str, &str)], files: &[&str]) -> Vec<String> {
    let mut reached = Vec::new();
    for action in ON_ITEMS.map(|action| format!("dynamodb:{action}")) {
        for key in partitions {
            if allowed(policy, &action, TABLE, &[key]) {
                reached.push(format!("{action} {key}"));
            }
        }
    }
    for (index, key) in lists {
        if allowed(policy, "dynamodb:Query", &format!("{TABLE}/index/{index}"), &[key]) {
            reached.push(format!("dynamodb:Query {index} {key}"));
        }
    }
    for action in ON_FILES.map(|action| format!("s3:{action}")) {
        for file in files {
            if allowed(policy, &action, &format!("uploads/{file}"), &[]) {
                reached.push(format!("{action} {file}"));
            }
        }
    }
    reached
}

/// The name in `template.yaml` of a function: that of `send-mail` is `SendMail`.
fn logical(function: &str) -> String {
    let words = function.split('-').filter_map(|word| word.split_at_checked(1));
    words.map(|(first, rest)| first.to_uppercase() + rest).collect()
}

#[test]
fn every_function_is_of_one_workspace_or_known_to_serve_both() {
    let known = PRODUCTS.iter().chain(&INVESTORS).chain(&CORE).chain(&BOTH);
    let known: BTreeSet<String> = known.map(|function| logical(function)).collect();
    assert_eq!(policies().into_keys().collect::<BTreeSet<_>>(), known);
}

#[test]
fn the_functions_of_products_are_refused_everything_of_investors_by_their_own_policies() {
    let policies = policies();
    for function in PRODUCTS.map(logical) {
        let policy = &policies[&function];
        assert_eq!(reached(policy, OF_INVESTORS, LISTS_OF_INVESTORS, FILES_OF_INVESTORS), [""; 0], "{function}");
        for action in ON_ITEMS.map(|action| format!("dynamodb:{action}")) {
            assert!(!allowed(policy, &action, KEYS, &["SUBJECT#investor#1"]), "{function}: keys of investors");
            // One key among its own does not smuggle in another.
            assert!(!allowed(policy, &action, TABLE, &["PRODUCT#1", "INVESTOR#1"]), "{function}: {action}");
        }
        assert!(!reached(policy, OF_PRODUCTS, LISTS_OF_PRODUCTS, FILES_OF_PRODUCTS).is_empty(), "{function}");
    }
}

#[test]
fn the_functions_of_investors_are_refused_everything_of_products_by_their_own_policies() {
    let policies = policies();
    for function in INVESTORS.map(logical) {
        let policy = &policies[&function];
        assert_eq!(reached(policy, OF_PRODUCTS, LISTS_OF_PRODUCTS, FILES_OF_PRODUCTS), [""; 0], "{function}");
        assert!(!reached(policy, OF_INVESTORS, LISTS_OF_INVESTORS, FILES_OF_INVESTORS).is_empty(), "{function}");
    }
}

#[test]
fn no_function_scans_and_each_that_can_refuse_may_record_it() {
    for (function, policy) in policies() {
        for table in [TABLE, KEYS] {
            assert!(!allowed(&policy, "dynamodb:Scan", table, &[]), "{function}");
        }
        // These have no route that is refused for want of a right, or none at all.
        let quiet =
            ["CheckDeadlines", "Docs", "Live", "Notifications", "OnUpload", "Search", "SendMail", "SendReminders"];
        let records = allowed(&policy, "dynamodb:PutItem", TABLE, &["AUDIT#user#1"]);
        assert!(records || quiet.contains(&function.as_str()), "{function} cannot record what it refuses");
    }
}

#[test]
fn a_function_is_told_of_the_key_exactly_when_it_may_unwrap_with_it() {
    let resources = resources();
    let wrong: Vec<String> = policies()
        .into_iter()
        // It reads no variable at all.
        .filter(|(function, _)| function != "Docs")
        .filter(|(function, policy)| {
            let told = !resources[function].contains(r#"KMS_KEY_ID: """#);
            told != allowed(policy, "kms:Decrypt", "SystemKey.Arn", &[])
        })
        .map(|(function, _)| function)
        .collect();
    assert_eq!(wrong, [""; 0]);
}

fn allow(keys: &[&str]) -> Statement {
    let keys = Some(keys.iter().map(|key| (*key).to_owned()).collect());
    Statement { denies: false, actions: vec!["dynamodb:GetItem".into()], resources: vec![TABLE.into()], keys }
}

proptest! {
    #[test]
    fn a_pattern_is_like_what_stands_in_the_places_of_its_signs(
        parts in prop::collection::vec(("[A-Z#]{0,4}", "[a-z0-9#]{0,6}", any::<bool>()), 0..5),
    ) {
        let (mut pattern, mut text) = (String::new(), String::new());
        for (exact, free, many) in &parts {
            pattern += exact;
            text += exact;
            if *many {
                pattern.push('*');
                text += free;
            } else {
                pattern += &"?".repeat(free.len());
                text += free;
            }
        }
        prop_assert!(like(&pattern, &text), "{} is like {}", text, pattern);
        let before = format!("!{text}");
        prop_assert!(!like(&pattern, &before) || pattern.starts_with(['*', '?']));
    }

    #[test]
    fn without_signs_a_pattern_is_like_itself_alone(pattern in "[A-Z#]{0,6}", text in "[A-Z#]{0,6}") {
        prop_assert_eq!(like(&pattern, &text), pattern == text);
        prop_assert_eq!(like(&format!("{pattern}*"), &text), text.starts_with(&pattern));
    }

    #[test]
    fn one_key_outside_refuses_all_and_a_denial_wins(keys in prop::collection::vec("(PRODUCT|INVESTOR)#[0-9]", 1..6)) {
        let names: Vec<&str> = keys.iter().map(String::as_str).collect();
        let policy = vec![allow(&["PRODUCT#*", "USER#*"])];
        let inside = keys.iter().all(|key| key.starts_with("PRODUCT#"));
        prop_assert_eq!(allowed(&policy, "dynamodb:GetItem", TABLE, &names), inside);
        prop_assert!(!allowed(&policy, "dynamodb:PutItem", TABLE, &names));
        prop_assert!(!allowed(&policy, "dynamodb:GetItem", KEYS, &names));
        let denial = Statement { denies: true, keys: None, ..allow(&[]) };
        prop_assert!(!allowed(&[policy, vec![denial]].concat(), "dynamodb:GetItem", TABLE, &names));
    }
}
