//! Merging two investors: the values, children and history of one move to the other, and its address redirects there.

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::types::AttributeValue;
use investor_relations::merge::MergeRun;
use kernel::policy::Role;
use kernel::time::Timestamp;
use platform::job::{self, Limits, Run as _, Trigger};
use platform::table::{self, Item, Key};
use serde_json::{Value, json};

use crate::documents::{PDF, announced, create as announce, fetch, put, uploaded};
use crate::support::{Answer, Person, Steward};

async fn merge(steward: &Steward, person: &Person, into: &str, version: u64, body: &Value) -> Answer {
    let path = format!("/api/investors/{into}/merges");
    steward.post(&path).by(person).if_match(version).json(body).send().await
}

async fn log(steward: &Steward, person: &Person, investor: &str, summary: &str) -> String {
    let new = json!({"kind": "call", "occurred_at": "2026-05-04T10:00:00Z", "summary": summary, "details": "Details"});
    steward.post(&format!("/api/investors/{investor}/activities")).by(person).json(&new).send().await.expect(201).id()
}

async fn valid(steward: &Steward, admin: &Person, kind: &str, id: &str) {
    let path = format!("/api/audit/verify?entity_type={kind}&entity_id={id}");
    let verdict = steward.get(&path).by(admin).send().await.expect(200);
    assert_eq!(verdict.json["valid"], true, "{kind}: {}", verdict.text);
}

/// The ids of an investor and one of each of its children.
pub struct Full {
    pub id: String,
    pub activity: String,
    pub investment: String,
    pub flow: String,
    pub document: String,
    pub reminder: String,
}

pub async fn full(steward: &Steward, person: &Person, new: &Value) -> Full {
    let id = steward.post("/api/investors").by(person).json(new).send().await.expect(201).id();
    let path = format!("/api/investors/{id}");
    let activity = log(steward, person, &id, "Spoke of the fund").await;
    let money = |amount: &str| json!({"amount": amount, "currency": "USD"});
    let investment = json!({
        "kind": "equity", "name": "Fund II", "commitment": money("100"), "invested_on": "2025-01-01", "status": "active",
        "notes": "Quiet",
    });
    let investment =
        steward.post(&format!("{path}/investments")).by(person).json(&investment).send().await.expect(201).id();
    let flow = json!({"kind": "contribution", "date": "2025-02-01", "amount": money("40"), "notes": "First"});
    let flows = format!("{path}/investments/{investment}/cash_flows");
    let flow = steward.post(&flows).by(person).json(&flow).send().await.expect(201).id();
    let document = uploaded(steward, person, &id, "Terms.pdf", "application/pdf", PDF).await;
    let document = document.rsplit('/').next().unwrap().to_owned();
    let reminder = json!({"message": "Ask again", "due_local": "2027-03-28T09:00", "time_zone": "Europe/Zurich"});
    let reminder = steward.post(&format!("{path}/reminders")).by(person).json(&reminder).send().await.expect(201).id();
    Full { id, activity, investment, flow, document, reminder }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_moves_everything_and_redirects_the_old_address() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let stays = json!({"name": "Acme Capital", "kind": "fund", "tags": ["alps"], "notes": "Ours."});
    let stays = steward.post("/api/investors").by(&rita).json(&stays).send().await.expect(201).id();
    let goes = json!({
        "name": "ACME Capital Ltd", "kind": "fund", "email": "hello@acme.example", "phone": "+41 44 668 18 00",
        "external_key": "K-7", "tags": ["seed"], "notes": "Theirs.",
    });
    let goes = full(&steward, &rita, &goes).await;
    steward.settle().await;
    let body = json!({"absorbed_id": goes.id, "absorbed_version": 1, "changes": {"tier": "gold"}});
    let merged = merge(&steward, &rita, &stays, 1, &body).await.expect(200);
    assert_eq!(merged.etag(), "\"2\"");
    for (field, value) in [
        ("name", json!("Acme Capital")),
        ("tier", json!("gold")),
        ("email", json!("hello@acme.example")),
        ("external_key", json!("K-7")),
        ("tags", json!(["alps", "seed"])),
        ("notes", json!("Ours.\n\nTheirs.")),
        ("absorbed_ids", json!([goes.id])),
    ] {
        assert_eq!(merged.json[field], value, "{field}");
    }
    steward.settle().await;
    let progress = steward.all(&rita, &format!("/api/investors/{stays}/merges"), 10).await;
    assert_eq!((&progress[0]["status"], &progress[0]["moved"]), (&json!("done"), &json!(5)), "{}", progress[0]);
    expect_children_moved(&steward, &rita, &stays, &goes).await;
    let old = format!("/api/investors/{}", goes.id);
    for (method, path) in [("GET", ""), ("GET", "/timeline?limit=5"), ("POST", "/activities"), ("GET", "/documents")] {
        let call = steward.request(method, &format!("{old}{path}")).by(&rita);
        let new = json!({"kind": "note", "occurred_at": "2026-05-04T10:00:00Z", "summary": "S"});
        let answer = if method == "POST" { call.json(&new).send().await } else { call.send().await };
        let answer = answer.problem(308, "investor_merged");
        assert_eq!(answer.headers["location"], format!("/api/investors/{stays}{path}"), "{method}");
    }
    steward.post(&format!("{old}/restore")).by(&rita).if_match(2).send().await.problem(308, "investor_merged");
    let listed: Vec<Value> = steward.all(&admin, "/api/investors", 10).await;
    assert_eq!((listed.len(), &listed[0]["id"]), (1, &json!(stays)));
    assert_eq!(
        steward.all(&admin, "/api/investors?deleted=true", 10).await.len(),
        0,
        "a merged investor cannot be restored"
    );
    for (kind, id) in [
        ("investor", &stays),
        ("investor", &goes.id),
        ("activity", &goes.activity),
        ("investment", &goes.investment),
        ("cash_flow", &goes.flow),
        ("document", &goes.document),
        ("reminder", &goes.reminder),
    ] {
        valid(&steward, &admin, kind, id).await;
    }
    let again = json!({"name": "Third", "kind": "fund", "email": "hello@acme.example"});
    steward.post("/api/investors").by(&rita).json(&again).send().await.problem(409, "email_taken");
}

async fn expect_children_moved(steward: &Steward, rita: &Person, stays: &str, goes: &Full) {
    let at = |rest: String| format!("/api/investors/{stays}/{rest}");
    let activity = steward.get(&at(format!("activities/{}", goes.activity))).by(rita).send().await.expect(200);
    assert_eq!((&activity.json["details"], activity.etag()), (&json!("Details"), "\"2\"".into()));
    let investment = steward.get(&at(format!("investments/{}", goes.investment))).by(rita).send().await.expect(200);
    assert_eq!((&investment.json["notes"], &investment.json["cash_flows"]), (&json!("Quiet"), &json!(1)));
    let flows = steward.all(rita, &at(format!("investments/{}/cash_flows", goes.investment)), 10).await;
    assert_eq!((&flows[0]["notes"], &flows[0]["id"]), (&json!("First"), &json!(goes.flow)));
    let held = steward.get(&at("holdings".into())).by(rita).send().await.expect(200);
    assert_eq!(held.json["currencies"][0]["figures"]["paid_in"], json!({"amount": "40.00", "currency": "USD"}));
    let document = at(format!("documents/{}", goes.document));
    let read = steward.get(&document).by(rita).send().await.expect(200);
    assert_eq!((&read.json["document"]["title"], &read.json["versions"][0]["number"]), (&json!("Terms"), &json!(1)));
    let download = steward.post(&format!("{document}/download")).by(rita).send().await.expect(200);
    fetch(steward, download.json["url"].as_str().unwrap()).await.expect(200);
    let reminder = steward.get(&at(format!("reminders/{}", goes.reminder))).by(rita).send().await.expect(200);
    assert_eq!((&reminder.json["message"], &reminder.json["status"]), (&json!("Ask again"), &json!("scheduled")));
    let timeline = steward.all(rita, &at("timeline".into()), 3).await;
    let mut kinds: Vec<&str> = timeline.iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
    kinds.sort_unstable();
    // Created and merged, once for each of the two investors.
    let changes = ["change"; 4];
    assert_eq!(kinds, [&["activity", "cash_flow"][..], &changes, &["document", "investment", "reminder"]].concat());
    let notes: Vec<&Value> =
        timeline.iter().filter_map(|entry| entry["change"]["fields"].as_array()).flatten().collect();
    assert!(
        notes.iter().any(|field| field["after"] == "Theirs."),
        "the history of the merged investor must be readable: {notes:?}"
    );
    let figures = steward.get(&at("analytics".into())).by(rita).send().await.expect(200);
    assert_eq!(figures.json["counts"]["call"], 1, "{}", figures.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_equal_a_recount_after_a_merge() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let one = full(&steward, &admin, &json!({"name": "One", "kind": "fund", "tier": "gold"})).await;
    let two = full(&steward, &admin, &json!({"name": "Two", "kind": "fund", "tier": "silver"})).await;
    steward.settle().await;
    merge(&steward, &admin, &one.id, 1, &json!({"absorbed_id": two.id, "absorbed_version": 1})).await.expect(200);
    steward.settle().await;
    let portfolio = steward.get("/api/analytics/portfolio").by(&admin).send().await.expect(200).json;
    assert_eq!(portfolio["investors"], 1);
    let capital = &portfolio["capital"][0];
    assert_eq!((&capital["investments"], &capital["by_tier"][0]["value"]), (&json!(2), &json!("gold")));
    assert_eq!(
        (capital["by_tier"].as_array().unwrap().len(), &capital["figures"]["paid_in"]["amount"]),
        (1, &json!("80.00"))
    );
    let trend = steward.get("/api/analytics/activity?interval=month").by(&admin).send().await.expect(200);
    assert_eq!(trend.json["total"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_requires_both_versions_and_permissions() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let (one, two) = (steward.investor(&rita, "One").await.id(), steward.investor(&rita, "Two").await.id());
    let other = steward.investor(&admin, "Other").await.id();
    let body = |id: &str, version: u64| json!({"absorbed_id": id, "absorbed_version": version});
    merge(&steward, &rita, &one, 9, &body(&two, 1)).await.problem(412, "stale_version");
    merge(&steward, &rita, &one, 1, &body(&two, 9)).await.problem(412, "stale_version");
    merge(&steward, &rita, &one, 1, &body(&one, 1)).await.problem(422, "invalid_input");
    merge(&steward, &rita, &one, 1, &body(&kernel::id::new().to_string(), 1)).await.problem(404, "not_found");
    merge(&steward, &rita, &one, 1, &body(&other, 1)).await.problem(404, "not_found");
    merge(&steward, &rita, &other, 1, &body(&one, 1)).await.problem(404, "not_found");
    let path = format!("/api/investors/{one}/merges");
    steward.post(&path).by(&rita).json(&body(&two, 1)).send().await.problem(428, "precondition_required");
    for (id, mark) in [(&one, "own"), (&two, "its")] {
        let tags: Vec<String> = (0..12).map(|n| format!("{mark}-{n}")).collect();
        let path = format!("/api/investors/{id}");
        steward.patch(&path).by(&rita).if_match(1).json(&json!({"tags": tags})).send().await.expect(200);
    }
    let refused = merge(&steward, &rita, &one, 2, &body(&two, 2)).await.problem(422, "invalid_input");
    assert_eq!(refused.fields(), ["changes.tags"]);
    let mut chosen = body(&two, 2);
    chosen["changes"] = json!({"tags": ["kept"], "relationship_manager_id": admin.id});
    merge(&steward, &rita, &one, 2, &chosen).await.problem(403, "forbidden");
    chosen["changes"] = json!({"tags": ["kept"]});
    let call =
        |key: &str| steward.post(&path).by(&rita).if_match(2).header("idempotency-key", key).json(&chosen).send();
    let first = call("once").await.expect(200);
    assert_eq!(call("once").await.expect(200).json, first.json, "a repeated call returns the first response");
    merge(&steward, &rita, &one, 3, &body(&two, 3)).await.problem(422, "invalid_input");
    steward.settle().await;
    let deleted = steward.investor(&rita, "Deleted").await.id();
    steward.delete(&format!("/api/investors/{deleted}")).by(&rita).if_match(1).send().await.expect(204);
    merge(&steward, &rita, &one, 3, &body(&deleted, 2)).await.problem(409, "state_conflict");
}

#[tokio::test(flavor = "multi_thread")]
async fn chained_merges_and_concurrent_writes_lose_nothing() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mut ids = Vec::new();
    for n in 0..3 {
        ids.push(steward.investor(&admin, &format!("I{n}")).await.id());
    }
    for n in 0..40 {
        log(&steward, &admin, &ids[0], &format!("A{n}")).await;
    }
    let body = |id: &str, version: u64| json!({"absorbed_id": id, "absorbed_version": version});
    merge(&steward, &admin, &ids[1], 1, &body(&ids[0], 1)).await.expect(200);
    merge(&steward, &admin, &ids[2], 1, &body(&ids[1], 2)).await.expect(200);
    // Requests to the old address are redirected twice.
    let path = format!("/api/investors/{}", ids[0]);
    let led = steward.get(&path).by(&admin).send().await.problem(308, "investor_merged");
    let led =
        steward.get(led.headers["location"].to_str().unwrap()).by(&admin).send().await.problem(308, "investor_merged");
    assert_eq!(led.headers["location"], format!("/api/investors/{}", ids[2]));
    for n in 40..45 {
        log(&steward, &admin, &ids[2], &format!("A{n}")).await;
    }
    steward.settle().await;
    let activities = steward.all(&admin, &format!("/api/investors/{}/activities", ids[2]), 25).await;
    assert_eq!(activities.len(), 45);
    let last = steward.get(&format!("/api/investors/{}", ids[2])).by(&admin).send().await.expect(200);
    assert_eq!(last.json["absorbed_ids"], json!([ids[1], ids[0]]));
    let trend = steward.get("/api/analytics/activity?interval=month").by(&admin).send().await.expect(200);
    assert_eq!(trend.json["total"], 45);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_begun_before_a_merge_still_arrives() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let (one, two) = (steward.investor(&admin, "One").await.id(), steward.investor(&admin, "Two").await.id());
    let begun = announce(&steward, &admin, &two, &announced("a.pdf", "application/pdf", PDF)).await.expect(201);
    merge(&steward, &admin, &one, 1, &json!({"absorbed_id": two, "absorbed_version": 1})).await.expect(200);
    steward.settle().await;
    put(&steward, &begun.json["upload"], PDF).await.expect(200);
    steward.settle().await;
    let documents = steward.all(&admin, &format!("/api/investors/{one}/documents"), 10).await;
    assert_eq!((documents.len(), &documents[0]["status"]), (1, &json!("available")));
    valid(&steward, &admin, "document", documents[0]["id"].as_str().unwrap()).await;
}

/// Makes the reminder look as if it is being sent until `until`.
async fn being_sent(steward: &Steward, investor: &str, id: &str, until: Timestamp) {
    let key = investor_relations::reminder::key(investor.parse().unwrap(), id.parse().unwrap()).unwrap();
    let table = steward.app().table();
    let update = table.client().update_item().table_name(table.name());
    let update = update.key("pk", AttributeValue::S(key.pk)).key("sk", AttributeValue::S(key.sk));
    let place = AttributeValue::S(format!("{until}#{id}"));
    let update = update.condition_expression("attribute_exists(gsi2sk)").expression_attribute_values(":place", place);
    update.update_expression("SET gsi2sk = :place").send().await.unwrap();
}

/// Runs the merge alongside the stream, one item per slice, until `passes` passes through the partition are done; returns its item.
async fn drive(steward: &Steward, absorbed: &str, limits: &Limits, passes: usize) -> Item {
    let key = Key::new(format!("INVESTOR#{absorbed}"), "MERGE");
    let mut through = 0;
    loop {
        let found = steward.app().table().get(key.clone()).await.unwrap().unwrap();
        let progress: Value = table::read(&found, "progress").unwrap();
        let step: u64 = table::read(&found, "step").unwrap();
        through += usize::from(step > 0 && progress["after"].is_null());
        match Trigger::read::<MergeRun>(&found) {
            Some(trigger) if through < passes => {
                job::advance::<MergeRun>(steward.app(), trigger, limits).await.unwrap();
            }
            _ => return found,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_waits_for_a_reminder_being_sent() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let (one, two) = (steward.investor(&admin, "One").await.id(), steward.investor(&admin, "Two").await.id());
    let path = format!("/api/investors/{two}/reminders");
    let new = json!({"message": "Ask again", "due_local": "2027-03-28T09:00", "time_zone": "Europe/Zurich"});
    let sent = steward.post(&path).by(&admin).json(&new).send().await.expect(201).id();
    // Behind it in the partition is a deleted reminder, which does not move.
    let gone = steward.post(&path).by(&admin).json(&new).send().await.expect(201).id();
    steward.delete(&format!("{path}/{gone}")).by(&admin).if_match(1).send().await.expect(204);
    steward.settle().await;
    being_sent(&steward, &two, &sent, Timestamp::now().plus_seconds(200)).await;
    merge(&steward, &admin, &one, 1, &json!({"absorbed_id": two, "absorbed_version": 1})).await.expect(200);
    let limits = Limits { items: 1, pause: Duration::from_millis(100), ..MergeRun::LIMITS };
    let began = Instant::now();
    let waiting = drive(&steward, &two, &limits, 2).await;
    assert!(began.elapsed() >= limits.pause * 20, "two passes must include a pause: {:?}", began.elapsed());
    let card: Value = table::read(&waiting, "card").unwrap();
    assert_eq!((&card["status"], &card["moved"]), (&json!("running"), &json!(0)));
    being_sent(&steward, &two, &sent, Timestamp::now().plus_seconds(-1)).await;
    let done: Value = table::read(&drive(&steward, &two, &limits, 9).await, "card").unwrap();
    assert_eq!((&done["status"], &done["moved"], &done["left_behind"]), (&json!("done"), &json!(1), &json!(0)));
    let moved = steward.get(&format!("/api/investors/{one}/reminders/{sent}")).by(&admin).send().await.expect(200);
    assert_eq!(moved.json["message"], "Ask again");
}
