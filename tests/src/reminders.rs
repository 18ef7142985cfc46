//! Reminders: setting, changing and listing them, and their states.

mod sending;

use kernel::policy::Role;
use kernel::time::Timestamp;
use serde_json::{Value, json};

use crate::support::{Answer, Person, Steward};

/// Creates an investor of `rita`; returns the admin, `rita` and the investor's id.
async fn acme(steward: &Steward) -> (Person, Person, String) {
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let acme = steward.investor(&rita, "Acme").await.id();
    (admin, rita, acme)
}

/// Sets a reminder about an investor, due at a local time in Zurich.
async fn remind(steward: &Steward, person: &Person, investor: &str, due: &str) -> Answer {
    let new = json!({"message": "Ask about the fund", "due_local": due, "time_zone": "Europe/Zurich"});
    create(steward, person, investor, &new).await.expect(201)
}

async fn create(steward: &Steward, person: &Person, investor: &str, new: &Value) -> Answer {
    steward.post(&format!("/api/investors/{investor}/reminders")).by(person).json(new).send().await
}

fn path(investor: &str, reminder: &Answer) -> String {
    format!("/api/investors/{investor}/reminders/{}", reminder.id())
}

#[tokio::test]
async fn a_reminder_can_be_set_read_changed_and_deleted() {
    let steward = Steward::start().await;
    let (admin, rita, acme) = acme(&steward).await;
    let one = remind(&steward, &rita, &acme, "2027-03-28T09:00").await;
    assert_eq!(one.headers["location"], path(&acme, &one));
    // Daylight saving time began that night.
    assert_eq!(one.json["due_at"], "2027-03-28T07:00:00.000Z");
    assert_eq!((&one.json["user_id"], &one.json["status"]), (&json!(rita.id), &json!("scheduled")));
    let read = steward.get(&path(&acme, &one)).by(&rita).send().await.expect(200);
    assert_eq!(read.json, one.json);
    let patch = json!({"message": "Ask again", "time_zone": "America/New_York"});
    let changed = steward.patch(&path(&acme, &one)).by(&rita).if_match(1).json(&patch).send().await.expect(200);
    assert_eq!(changed.json["due_at"], "2027-03-28T13:00:00.000Z");
    assert_eq!((changed.etag().as_str(), changed.json["message"].as_str()), ("\"2\"", Some("Ask again")));
    steward.patch(&path(&acme, &one)).by(&rita).if_match(1).json(&patch).send().await.problem(412, "stale_version");
    steward.patch(&path(&acme, &one)).by(&rita).json(&patch).send().await.problem(428, "precondition_required");
    let unknown = json!({"mesage": "x"});
    steward.patch(&path(&acme, &one)).by(&rita).if_match(2).json(&unknown).send().await.problem(422, "unknown_field");
    steward.delete(&path(&acme, &one)).by(&rita).if_match(2).send().await.expect(204);
    steward.get(&path(&acme, &one)).by(&rita).send().await.problem(404, "not_found");
    let list = format!("/api/investors/{acme}/reminders");
    assert_eq!(steward.all(&rita, &list, 10).await.len(), 0);
    steward.settle().await;
    let verify = format!("/api/audit/verify?entity_type=reminder&entity_id={}", one.id());
    let verdict = steward.get(&verify).by(&admin).send().await.expect(200);
    assert_eq!(verdict.json["valid"], true, "{}", verdict.text);
}

#[tokio::test]
async fn the_message_is_stored_only_as_ciphertext() {
    let steward = Steward::start().await;
    let (_, rita, acme) = acme(&steward).await;
    remind(&steward, &rita, &acme, "2027-01-04T09:00").await;
    steward.settle().await;
    let all = format!("{:?}", crate::audit::items(&steward).await);
    assert!(all.contains("DUE#REMINDER#") && !all.contains("Ask about the fund"));
}

#[tokio::test]
async fn invalid_input_names_the_field() {
    let steward = Steward::start().await;
    let (_, rita, acme) = acme(&steward).await;
    let good = json!({"message": "m", "due_local": "2027-01-04T09:00", "time_zone": "Europe/Zurich"});
    for (field, value) in [
        ("message", json!("")),
        ("message", json!("a\u{202E}b")),
        ("due_local", json!("2027-02-30T09:00")),
        ("due_local", json!("2027-01-04T09:00Z")),
        ("due_local", json!("tomorrow")),
        ("time_zone", json!("Europe/Nowhere")),
        ("time_zone", json!("../../etc/passwd")),
        ("user_id", json!("me")),
        ("user_id", json!(kernel::id::new())),
        ("recurrence.interval", json!({"frequency": "daily", "interval": 0})),
        ("recurrence.frequency", json!({"frequency": "hourly"})),
    ] {
        let mut new = good.clone();
        new[field.split('.').next().unwrap()] = value.clone();
        let refused = create(&steward, &rita, &acme, &new).await;
        assert_eq!(refused.status, 422, "{field} {value}: {}", refused.text);
        assert_eq!(refused.fields(), [field], "{value}");
    }
    let one = create(&steward, &rita, &acme, &good).await.expect(201);
    for until in [json!("2020-01-01T00:00:00Z"), json!("2199-01-01T00:00:00Z"), json!("soon")] {
        let snooze = steward.post(&format!("{}/snooze", path(&acme, &one))).by(&rita).json(&json!({"until": until}));
        assert_eq!(snooze.send().await.fields(), ["until"]);
    }
    let stranger = format!("/api/investors/{acme}/reminders/{}", uuid::Uuid::nil());
    steward.get(&stranger).by(&rita).send().await.problem(404, "not_found");
}

#[tokio::test]
async fn reminders_of_other_managers_are_hidden() {
    let steward = Steward::start().await;
    let (admin, rita, acme) = acme(&steward).await;
    let ben = steward.user(&admin, "ben", &[Role::RelationshipManager]).await;
    let one = remind(&steward, &rita, &acme, "2027-01-04T09:00").await;
    let (one, list) = (path(&acme, &one), format!("/api/investors/{acme}/reminders"));
    let new = json!({"message": "m", "due_local": "2027-01-04T09:00", "time_zone": "UTC"});
    let snooze = json!({"until": Timestamp::now().plus_seconds(60)});
    for call in [
        steward.get(&list),
        steward.post(&list).json(&new),
        steward.get(&one),
        steward.patch(&one).if_match(1).json(&json!({"message": "x"})),
        steward.delete(&one).if_match(1),
        steward.post(&format!("{one}/done")),
        steward.post(&format!("{one}/snooze")).json(&snooze),
        steward.post(&format!("{one}/cancel")),
    ] {
        call.by(&ben).send().await.problem(404, "not_found");
    }
    // A reminder cannot be assigned to a user who cannot see the investor.
    let given = json!({"message": "m", "due_local": "2027-01-04T09:00", "time_zone": "UTC", "user_id": ben.id});
    assert_eq!(create(&steward, &admin, &acme, &given).await.fields(), ["user_id"]);
}

#[tokio::test]
async fn your_own_reminders_are_listed_by_due_time() {
    let steward = Steward::start().await;
    let (admin, rita, acme) = acme(&steward).await;
    let zebra = steward.investor(&rita, "Zebra").await.id();
    let late = remind(&steward, &rita, &acme, "2027-06-01T09:00").await;
    let soon = remind(&steward, &rita, &zebra, "2027-01-04T09:00").await;
    let done = remind(&steward, &rita, &acme, "2027-02-01T09:00").await;
    remind(&steward, &admin, &acme, "2027-01-01T09:00").await;
    steward.post(&format!("{}/done", path(&acme, &done))).by(&rita).send().await.expect(200);
    let ids = |items: &[Value]| items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let all = steward.all(&rita, "/api/reminders", 2).await;
    assert_eq!(ids(&all), [soon.id(), done.id(), late.id()]);
    assert_eq!(
        (all[0]["investor_name"].as_str(), all[0]["message"].as_str()),
        (Some("Zebra"), Some("Ask about the fund"))
    );
    let scheduled = steward.all(&rita, "/api/reminders?status=scheduled", 1).await;
    assert_eq!(ids(&scheduled), [soon.id(), late.id()]);
    let before = steward.all(&rita, "/api/reminders?due_before=2027-06-01T07:00:00Z", 10).await;
    assert_eq!(ids(&before), [soon.id(), done.id()]);
    steward.get("/api/reminders?status=lost").by(&rita).send().await.problem(422, "invalid_input");
    // When an investor is reassigned, its reminders leave the list.
    let to_admin = json!({"relationship_manager_id": admin.id});
    steward.patch(&format!("/api/investors/{zebra}")).by(&admin).if_match(1).json(&to_admin).send().await.expect(200);
    assert_eq!(ids(&steward.all(&rita, "/api/reminders", 10).await), [done.id(), late.id()]);
}

#[tokio::test]
async fn repeating_done_cancel_or_snooze_changes_nothing() {
    let steward = Steward::start().await;
    let (_, rita, acme) = acme(&steward).await;
    let one = path(&acme, &remind(&steward, &rita, &acme, "2027-01-04T09:00").await);
    let act = async |what: &str, body: Value| steward.post(&format!("{one}/{what}")).by(&rita).json(&body).send().await;
    let done = act("done", json!({})).await.expect(200);
    assert_eq!((done.json["status"].as_str(), done.etag().as_str()), (Some("done"), "\"2\""));
    assert_eq!(act("done", json!({})).await.expect(200).json["version"], 2, "it is already done");
    act("cancel", json!({})).await.problem(409, "state_conflict");
    steward
        .patch(&one)
        .by(&rita)
        .if_match(2)
        .json(&json!({"message": "x"}))
        .send()
        .await
        .problem(409, "state_conflict");
    let until = Timestamp::now().plus_seconds(3 * 3600);
    let call = || steward.post(&format!("{one}/snooze")).by(&rita).header("idempotency-key", "once");
    let snoozed = call().json(&json!({"until": until})).send().await.expect(200);
    assert_eq!(snoozed.json["status"], "scheduled");
    assert_eq!(snoozed.json["due_at"], until.to_string());
    let again = call().json(&json!({"until": until})).send().await.expect(200);
    assert_eq!(again.json, snoozed.json, "a repeat returns the first response");
    assert_eq!(act("cancel", json!({})).await.expect(200).json["status"], "cancelled");
    act("done", json!({})).await.problem(409, "state_conflict");
}

#[tokio::test]
async fn the_timeline_can_show_reminders_alone() {
    let steward = Steward::start().await;
    let (_, rita, acme) = acme(&steward).await;
    let first = remind(&steward, &rita, &acme, "2027-01-04T09:00").await;
    let gone = remind(&steward, &rita, &acme, "2027-01-05T09:00").await;
    steward.delete(&path(&acme, &gone)).by(&rita).if_match(1).send().await.expect(204);
    let last = remind(&steward, &rita, &acme, "2027-01-06T09:00").await;
    let timeline = format!("/api/investors/{acme}/timeline");
    let alone = steward.all(&rita, &format!("{timeline}?kind=reminder"), 1).await;
    let ids: Vec<_> = alone.iter().map(|entry| entry["reminder"]["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [last.id(), first.id()]);
    let all = steward.all(&rita, &timeline, 2).await;
    let kinds: Vec<_> = all.iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["reminder", "reminder", "change"]);
}
