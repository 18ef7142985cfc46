//! Exports: a list as CSV, for users who can see it, page by page, and safe to open in a spreadsheet.

mod products;

use std::collections::BTreeMap;

use kernel::policy::Role;
use serde_json::{Value, json};

use crate::imports::{counts, run, uploaded};
use crate::support::{Answer, Person, Steward};

pub type Rows = Vec<BTreeMap<String, String>>;

async fn get(steward: &Steward, person: &Person, path: &str) -> Answer {
    steward.get(path).by(person).send().await
}

/// The URL of the next page, from the `Link` header.
fn next(answer: &Answer) -> Option<String> {
    let link = answer.headers.get("link")?.to_str().unwrap();
    Some(link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap().to_owned())
}

/// All pages of an export joined together, and the number of pages.
async fn file(steward: &Steward, person: &Person, path: &str) -> (String, usize) {
    let (mut text, mut pages, mut path) = (String::new(), 0, Some(path.to_owned()));
    while let Some(at) = path {
        let answer = get(steward, person, &at).await.expect(200);
        path = next(&answer);
        text.push_str(&answer.text);
        pages += 1;
    }
    (text, pages)
}

fn rows(text: &str) -> Rows {
    let mut reader = csv::Reader::from_reader(text.strip_prefix('\u{FEFF}').unwrap().as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

pub async fn export(steward: &Steward, person: &Person, path: &str) -> Rows {
    rows(&file(steward, person, path).await.0)
}

pub fn column<'a>(rows: &'a Rows, name: &str) -> Vec<&'a str> {
    rows.iter().map(|row| row[name].as_str()).collect()
}

/// The ids of a list, in order.
async fn ids(steward: &Steward, person: &Person, path: &str) -> Vec<String> {
    let items = steward.all(person, path, 100).await;
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

async fn create(steward: &Steward, person: &Person, path: &str, body: &Value) -> Answer {
    steward.post(path).by(person).json(body).send().await.expect(201)
}

/// Creates an investor of `person` with one of everything; returns its id and the id of its investment.
async fn furnished(steward: &Steward, person: &Person, name: &str, tier: &str) -> (String, String) {
    let new = json!({
        "name": name, "kind": "fund", "tier": tier, "tags": ["alpha", "b;c"], "email": format!("{tier}@example.com"),
        "notes": "first\nsecond, \"quoted\"",
    });
    let id = create(steward, person, "/api/investors", &new).await.id();
    let base = format!("/api/investors/{id}");
    let note =
        json!({"kind": "note", "occurred_at": "2026-11-20T10:00:00Z", "summary": "=1+1", "participants": ["A", "B"]});
    create(steward, person, &format!("{base}/activities"), &note).await;
    let usd = |amount: &str| json!({"amount": amount, "currency": "USD"});
    let new = json!({"kind": "safe", "name": "Seed", "commitment": usd("12.50"), "invested_on": "2024-01-05", "status": "active"});
    let investment = create(steward, person, &format!("{base}/investments"), &new).await.id();
    let flow = json!({"kind": "contribution", "date": "2024-01-05", "amount": usd("12.50"), "notes": "-wired"});
    create(steward, person, &format!("{base}/investments/{investment}/cash_flows"), &flow).await;
    let reminder = json!({"message": "@call", "due_local": "2027-01-04T09:00", "time_zone": "Europe/Zurich"});
    create(steward, person, &format!("{base}/reminders"), &reminder).await;
    let document = json!({"file_name": "a.pdf", "content_type": "application/pdf", "size": 10, "sha256": "0".repeat(64), "title": "+Deed"});
    create(steward, person, &format!("{base}/documents"), &document).await;
    (id, investment)
}

#[tokio::test]
async fn an_export_matches_the_list_each_role_sees() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let otto = steward.user(&admin, "otto", &[Role::RelationshipManager]).await;
    let ana = steward.user(&admin, "ana", &[Role::Analyst]).await;
    let (hers, investment) = furnished(&steward, &rita, "Hers", "gold").await;
    let (his, _) = furnished(&steward, &otto, "His", "silver").await;
    furnished(&steward, &admin, "Nobody's", "bronze").await;
    steward.settle().await;
    for query in
        ["", "?tier=gold", "?status=active&tier=silver", "?tag=alpha", "?deleted=true", "?relationship_manager_id="]
    {
        let query = if query.ends_with("_id=") { format!("{query}{}", rita.id) } else { query.to_owned() };
        for person in [&admin, &rita, &otto, &ana] {
            let listed = ids(&steward, person, &format!("/api/investors{query}")).await;
            let exported = export(&steward, person, &format!("/api/exports/investors{query}")).await;
            assert_eq!(column(&exported, "id"), listed, "{query}");
        }
    }
    let all = export(&steward, &ana, "/api/exports/investors").await;
    let names = column(&all, "relationship_manager");
    assert_eq!(names, ["rita of Steward", "otto of Steward", ""], "{all:?}");
    assert_eq!(all[0]["tags"], "alpha; b\\;c");
    assert_eq!(all[0]["notes"], "first\nsecond, \"quoted\"");

    let holding = format!("investments/{investment}/cash_flows");
    for list in ["activities", "investments", &holding, "documents", "reminders", "timeline"] {
        let path = format!("/api/exports/investors/{hers}/{list}");
        for person in [&admin, &rita, &ana] {
            let listed = ids(&steward, person, &format!("/api/investors/{hers}/{list}")).await;
            let exported = export(&steward, person, &path).await;
            assert_eq!(column(&exported, "id"), listed, "{list}");
            let unfinished = list == "documents" && person.id != rita.id;
            assert_eq!(exported.is_empty(), unfinished, "{list}");
        }
        get(&steward, &otto, &path).await.problem(404, "not_found");
        get(&steward, &rita, &path.replace(&hers, &his)).await.problem(404, "not_found");
    }
    let history = format!("entity_type=investor&entity_id={hers}");
    get(&steward, &otto, &format!("/api/exports/audit?{history}")).await.problem(404, "not_found");
    for (path, list) in [
        ("/api/exports/users", "/api/users"),
        ("/api/exports/users?role=analyst", "/api/users?role=analyst"),
        ("/api/exports/imports", "/api/imports"),
        ("/api/exports/notifications", "/api/notifications"),
        ("/api/exports/sessions", "/api/me/sessions"),
        ("/api/exports/reminders", "/api/reminders"),
        ("/api/exports/reminders?status=done", "/api/reminders?status=done"),
    ] {
        let exported = export(&steward, &admin, path).await;
        assert_eq!(column(&exported, "id"), ids(&steward, &admin, list).await, "{path}");
    }
    let mine = export(&steward, &rita, "/api/exports/reminders").await;
    assert_eq!(column(&mine, "investor_name"), ["Hers"]);
}

#[tokio::test]
async fn an_export_is_recorded_without_exported_data() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let (id, _) = furnished(&steward, &admin, "Secretive", "gold").await;
    steward.settle().await;
    export(&steward, &admin, "/api/exports/investors?tier=gold&tag=alpha").await;
    export(&steward, &admin, &format!("/api/exports/investors/{id}/activities")).await;
    steward.settle().await;
    let of = async |kind: &str, id: &str| {
        let path = format!("/api/audit?entity_type={kind}&entity_id={id}");
        steward
            .all(&admin, &path, 50)
            .await
            .into_iter()
            .find(|r| r["action"].as_str().unwrap().ends_with("_export"))
            .unwrap()
    };
    let record = of("user", &admin.id.to_string()).await;
    assert_eq!(record["action"], "investor_export");
    let kept: Vec<(&str, &str)> = record["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| (c["field"].as_str().unwrap(), c["after"].as_str().unwrap()))
        .collect();
    assert_eq!(kept, [("tier", "gold"), ("tag", "alpha"), ("page", "first"), ("rows", "1")]);
    assert!(!record.to_string().contains("Secretive"), "{record}");
    assert!(record["sequence"].as_u64().is_some(), "the record belongs to the access chain");
    assert_eq!(of("investor", &id).await["action"], "activity_export");
}

#[tokio::test]
async fn the_audit_trail_can_be_exported_with_filters() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    furnished(&steward, &admin, "Secretive", "gold").await;
    steward.settle().await;
    let query = format!("actor_id={}&from=2020-01-01T00:00:00Z", admin.id);
    let listed = ids(&steward, &admin, &format!("/api/audit?{query}")).await;
    let exported = export(&steward, &admin, &format!("/api/exports/audit?{query}")).await;
    assert_eq!(column(&exported, "id"), listed);
}

#[tokio::test]
async fn a_manager_exports_only_their_own_investors_history() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let hers = steward.investor(&rita, "Hers").await.id();
    let path = format!("/api/exports/audit?entity_type=investor&entity_id={hers}");
    let history = export(&steward, &rita, &path).await;
    assert!(column(&history, "action").contains(&"investor_create"));
    assert!(history.iter().any(|row| row["changes"].contains("name: \"Hers\"")), "{history:?}");
    get(&steward, &rita, "/api/exports/audit").await.problem(403, "forbidden");
}

#[tokio::test]
async fn an_invalid_audit_export_names_the_parameter() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let long = "x".repeat(3000);
    for (name, query) in [("entity_id", "entity_type=a"), ("entity_type", "entity_id=a")] {
        let answer = get(&steward, &admin, &format!("/api/exports/audit?{query}")).await;
        assert_eq!(answer.json["errors"][0]["field"], name, "{}", answer.text);
        let answer = get(&steward, &admin, &format!("/api/exports/audit?{query}&{name}={long}")).await;
        assert_eq!(answer.json["errors"][0]["field"], name, "{}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paged_export_is_one_file() {
    const ROWS: usize = 1_203;
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let lines: String = (0..ROWS).map(|n| format!("Company {n:05},K{n},\"line\nof {n}\"\n")).collect();
    let id = uploaded(&steward, &admin, format!("name,key,notes\n{lines}").as_bytes()).await;
    let mapping = json!([
        {"column": "name", "field": "name"}, {"column": "key", "field": "external_key"},
        {"column": "notes", "field": "notes"},
    ]);
    let body = json!({"mapping": mapping, "key": "external_key", "defaults": {"kind": "company"}, "dry_run": false});
    run(&steward, &admin, &id, &body).await;

    let first = get(&steward, &admin, "/api/exports/investors?status=active").await.expect(200);
    assert_eq!(first.headers["content-type"], "text/csv; charset=utf-8; header=present");
    assert_eq!(first.headers["content-disposition"], "attachment; filename=\"investors.csv\"");
    assert_eq!(first.headers["cache-control"], "no-store");
    assert_eq!(first.headers["x-row-count"], "500");
    let link = next(&first).unwrap();
    assert!(link.starts_with("/api/exports/investors?status=active&cursor="), "{link}");
    let second = get(&steward, &admin, &link).await.expect(200);
    assert_eq!(second.headers["content-type"], "text/csv; charset=utf-8; header=absent");
    assert!(second.text.starts_with("Company 00500,"), "{}", &second.text[..40]);

    let (text, pages) = file(&steward, &admin, "/api/exports/investors?status=active").await;
    assert_eq!(pages, 3);
    let exported = rows(&text);
    assert_eq!(column(&exported, "id"), ids(&steward, &admin, "/api/investors").await);
    assert_eq!(exported.len(), ROWS);
    assert_eq!(exported[777]["notes"], "line\nof 777");

    // A cursor works only in the same session, for the same export and filters; a list's cursor works for no export.
    let cursor = link.split("cursor=").nth(1).unwrap();
    let (head, tail) = cursor.split_at(cursor.len() / 2);
    let other = if tail.starts_with('A') { "B" } else { "A" };
    let forged = format!("{head}{other}{}", &tail[1..]);
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let list = steward.get("/api/investors?status=active&limit=1").by(&admin).send().await.expect(200);
    let listed = list.json["next_cursor"].as_str().unwrap();
    let other = steward.person(admin.id, "Ada Admin", &[Role::Admin]).await;
    for (person, path) in [
        (&admin, format!("/api/exports/investors?status=active&cursor={forged}")),
        (&admin, format!("/api/exports/investors?cursor={cursor}")),
        (&admin, format!("/api/exports/investors?status=active&tier=gold&cursor={cursor}")),
        (&admin, format!("/api/exports/users?cursor={cursor}")),
        (&rita, format!("/api/exports/investors?status=active&cursor={cursor}")),
        (&admin, "/api/exports/notifications?cursor=%00".into()),
        (&admin, format!("/api/exports/investors?status=active&cursor={listed}")),
        (&other, format!("/api/exports/investors?status=active&cursor={cursor}")),
    ] {
        get(&steward, person, &path).await.problem(400, "invalid_cursor");
    }
    let answer = get(&steward, &admin, "/api/exports/investors?limit=5").await.problem(422, "unknown_field");
    assert_eq!(answer.fields(), ["limit"]);
}

#[tokio::test]
async fn no_cell_runs_as_a_formula() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let formulas =
        ["=HYPERLINK(\"http://evil\")", "+1+1", "-2+3", "@SUM(A1)", "\u{FF1D}1+1", "\u{200F}=1", "'=1", "Acme;=1+1"];
    for name in formulas {
        steward.investor(&admin, name).await;
    }
    let (id, investment) =
        furnished(&steward, &admin, "\u{5E9}\u{5DC}\u{5D5}\u{5DD} \u{200F}Ltd \u{1F3E6}", "gold").await;
    steward.settle().await;
    let (text, _) = file(&steward, &admin, "/api/exports/investors").await;
    assert!(text.starts_with("\u{FEFF}name,kind,"));
    assert!(text.ends_with("\r\n"));
    let exported = rows(&text);
    for formula in formulas {
        let cell = column(&exported, "name").into_iter().find(|cell| exchange::cell::restored(cell) == formula);
        let cell = cell.unwrap_or_else(|| panic!("{formula} is missing"));
        assert!(cell.split(';').all(|part| !part.starts_with(['=', '+', '-', '@', '\u{FF1D}'])), "{cell}");
        assert_ne!(cell, formula);
    }
    assert!(column(&exported, "name").contains(&"\u{5E9}\u{5DC}\u{5D5}\u{5DD} \u{200F}Ltd \u{1F3E6}"));
    let base = format!("/api/exports/investors/{id}");
    assert_eq!(export(&steward, &admin, &format!("{base}/activities")).await[0]["summary"], "'=1+1");
    assert_eq!(export(&steward, &admin, &format!("{base}/reminders")).await[0]["message"], "'@call");
    assert_eq!(export(&steward, &admin, &format!("{base}/documents")).await[0]["title"], "'+Deed");
    let flows = export(&steward, &admin, &format!("{base}/investments/{investment}/cash_flows")).await;
    assert_eq!((flows[0]["amount"].as_str(), flows[0]["notes"].as_str()), ("12.50", "'-wired"));
    let held = export(&steward, &admin, &format!("{base}/investments")).await;
    assert_eq!((held[0]["commitment"].as_str(), held[0]["currency"].as_str()), ("12.50", "USD"));
    let timeline = export(&steward, &admin, &format!("{base}/timeline?kind=cash_flow")).await;
    assert_eq!(column(&timeline, "kind"), ["cash_flow"]);
    let named = (timeline[0]["title"].as_str(), timeline[0]["details"].as_str());
    assert_eq!(named, (held[0]["name"].as_str(), "12.50 USD\n'-wired"));
}

#[tokio::test]
async fn a_page_of_long_rows_has_fewer_rows() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    // 10,000 characters of three bytes each: 90 of these exceed the size limit of one response.
    let id = steward.investor(&admin, "Talkative").await.id();
    let path = format!("/api/investors/{id}/activities");
    for n in 0..90 {
        let note = json!({"kind": "note", "occurred_at": "2026-11-20T10:00:00Z", "summary": n.to_string(), "details": "\u{20AC}".repeat(10_000)});
        create(&steward, &admin, &path, &note).await;
    }
    steward.settle().await;
    let mut at = Some(format!("/api/exports/investors/{id}/activities"));
    let (mut all, mut pages) = (0, 0);
    while let Some(path) = at {
        let answer = get(&steward, &admin, &path).await.expect(200);
        assert!(answer.text.len() <= 2 * 1024 * 1024, "{}", answer.text.len());
        all += answer.headers["x-row-count"].to_str().unwrap().parse::<usize>().unwrap();
        pages += 1;
        at = next(&answer);
    }
    assert_eq!(all, 90);
    assert!(pages > 1, "{pages}");
}

#[tokio::test(flavor = "multi_thread")]
async fn reimporting_an_exported_file_changes_nothing() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    for (n, name) in ["=Evil;-Twin", "Plain", "'=quoted", "\u{FF0B}Wide", "Line, \"Q\""].into_iter().enumerate() {
        let new = json!({
            "name": name, "kind": "family_office", "tier": "gold", "status": "inactive", "country": "CH",
            "email": format!("n{n}@example.com"), "phone": "+41 44 555 01 02", "external_key": format!("-K{n}"),
            "address": "Street 1;\n=Zurich", "notes": "- one\r\n- two\n\t=three", "tags": ["a;b", "c|d", "e\\", "=f"],
        });
        create(&steward, &admin, "/api/investors", &new).await;
    }
    steward.settle().await;
    let before = steward.all(&admin, "/api/investors", 100).await;
    let (text, _) = file(&steward, &admin, "/api/exports/investors").await;
    for key in ["external_key", "email"] {
        let id = uploaded(&steward, &admin, text.as_bytes()).await;
        let preview = steward.post(&format!("/api/imports/{id}/preview")).by(&admin).send().await.expect(200).json;
        assert_eq!(preview["suggested_key"], "external_key");
        let mapping: Vec<Value> = preview["suggested_mapping"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| !one["field"].is_null())
            .cloned()
            .collect();
        assert!(mapping.iter().all(|one| one["column"] == one["field"]), "{mapping:?}");
        assert_eq!(mapping.len(), 11, "every field is mapped to its column");
        let phone = preview["columns"].as_array().unwrap().iter().position(|name| name == "phone").unwrap();
        assert_eq!(preview["sample"][0][phone], "+41 44 555 01 02", "the preview shows the value that is imported");
        let body = json!({"mapping": mapping, "key": key, "dry_run": false});
        let done = run(&steward, &admin, &id, &body).await;
        assert_eq!(counts(&done), [0, 0, 5, 0], "{done}");
    }
    assert_eq!(steward.all(&admin, "/api/investors", 100).await, before);
}
