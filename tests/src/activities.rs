//! Activities and the timeline.

use kernel::policy::Role;
use serde_json::json;

use crate::support::Steward;

#[tokio::test]
async fn an_activity_can_be_created_read_edited_and_deleted() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let investor = steward.investor(&admin, "Acme").await;
    let base = format!("/api/investors/{}/activities", investor.id());
    let new = json!({
        "kind": "meeting", "occurred_at": "2026-11-20T10:00:00+01:00", "summary": "Kick-off", "details": "Long talk",
        "participants": ["Ann", "Bob"], "follow_up_on": "2026-12-01",
    });
    let made = steward.post(&base).by(&admin).json(&new).send().await.expect(201);
    assert_eq!(made.json["occurred_at"], "2026-11-20T09:00:00.000Z");
    let path = made.headers["location"].to_str().unwrap().to_owned();
    let read = steward.get(&path).by(&admin).send().await.expect(200);
    assert_eq!(read.json, made.json);
    let patch = json!({"summary": "Kick-off meeting", "details": null});
    let changed = steward.patch(&path).by(&admin).if_match(1).json(&patch).send().await.expect(200);
    assert_eq!(changed.json["summary"], "Kick-off meeting");
    steward.patch(&path).by(&admin).if_match(1).json(&patch).send().await.problem(412, "stale_version");
    steward.delete(&path).by(&admin).if_match(2).send().await.expect(204);
    steward.get(&path).by(&admin).send().await.problem(404, "not_found");
    assert_eq!(steward.all(&admin, &base, 10).await.len(), 0);
    let id = path.rsplit('/').next().unwrap();
    let check = format!("/api/audit/verify?entity_type=activity&entity_id={id}");
    let verdict = steward.get(&check).by(&admin).send().await.expect(200);
    assert_eq!(verdict.json["valid"], true, "{}", verdict.text);
}

#[tokio::test]
async fn the_timeline_merges_activities_and_changes_newest_first() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let investor = steward.investor(&admin, "Acme").await;
    let path = format!("/api/investors/{}", investor.id());
    for day in 1..=9 {
        let new = json!({"kind": "call", "occurred_at": format!("2026-10-0{day}T08:00:00Z"), "summary": format!("Call {day}")});
        steward.post(&format!("{path}/activities")).by(&admin).json(&new).send().await.expect(201);
    }
    for version in 1..=4 {
        let patch = json!({"notes": format!("Note {version}")});
        steward.patch(&path).by(&admin).if_match(version).json(&patch).send().await.expect(200);
    }
    let timeline = format!("{path}/timeline");
    let whole = steward.all(&admin, &timeline, 100).await;
    assert_eq!(whole.len(), 14);
    let times: Vec<&str> = whole.iter().map(|entry| entry["at"].as_str().unwrap()).collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
    assert_eq!(whole[0]["change"]["fields"][0]["after"], "Note 4");
    for limit in [1, 3, 5, 13] {
        assert_eq!(steward.all(&admin, &timeline, limit).await, whole, "limit {limit}");
    }
    assert_eq!(steward.all(&admin, &format!("{timeline}?kind=activity"), 4).await.len(), 9);
    assert_eq!(steward.all(&admin, &format!("{timeline}?kind=change"), 2).await.len(), 5);
    steward.get(&format!("{timeline}?kind=nonsense")).by(&admin).send().await.problem(422, "invalid_input");
}

#[tokio::test]
async fn activities_of_other_managers_investors_are_hidden() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let sam = steward.user(&admin, "sam", &[Role::RelationshipManager]).await;
    let his = steward.investor(&sam, "His").await;
    let base = format!("/api/investors/{}/activities", his.id());
    let new = json!({"kind": "note", "occurred_at": "2026-11-20T10:00:00Z", "summary": "S"});
    steward.post(&base).by(&rita).json(&new).send().await.problem(404, "not_found");
    steward.get(&base).by(&rita).send().await.problem(404, "not_found");
    let timeline = format!("/api/investors/{}/timeline", his.id());
    steward.get(&timeline).by(&rita).send().await.problem(404, "not_found");
    steward.post(&base).by(&sam).json(&new).send().await.expect(201);
    let missing = format!("/api/investors/{}/activities", kernel::id::new());
    steward.post(&missing).by(&admin).json(&new).send().await.problem(404, "not_found");
    let path = format!("/api/investors/{}", his.id());
    steward.delete(&path).by(&sam).if_match(1).send().await.expect(204);
    steward.post(&base).by(&sam).json(&new).send().await.problem(404, "not_found");
}
