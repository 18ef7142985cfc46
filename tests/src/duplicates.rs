//! Duplicates: investors that may be the same are suggested to users who can see them.

use kernel::policy::Role;
use serde_json::{Value, json};

use crate::imports;
use crate::support::{Person, Steward};

async fn create(steward: &Steward, person: &Person, new: &Value) -> String {
    steward.post("/api/investors").by(person).json(new).send().await.expect(201).id()
}

/// The names and reasons of the suggested duplicates.
async fn suggested(steward: &Steward, person: &Person, query: &Value) -> Vec<(String, Value)> {
    let found = steward.post("/api/investors/duplicates").by(person).json(query).send().await.expect(200);
    let items = found.json["items"].as_array().unwrap().clone();
    items.iter().map(|one| (one["investor"]["name"].as_str().unwrap().to_owned(), one["reasons"].clone())).collect()
}

#[tokio::test]
async fn duplicates_are_found_despite_different_spellings() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let new = json!({
        "name": "Blackstone Capital, Inc.", "kind": "fund", "phone": "+41 44 668 18 00", "email": "hello@blackstone.example",
        "external_key": "CRM-7",
    });
    let id = create(&steward, &admin, &new).await;
    create(&steward, &admin, &json!({"name": "Whitestone Capital", "kind": "fund"})).await;
    steward.settle().await;
    let name = "Blackstone Capital, Inc.".to_owned();
    for (query, reasons) in [
        (json!({"name": "CAPITAL BLACKSTONE LTD"}), json!(["same_name"])),
        (json!({"name": "Blakstone Capitol"}), json!(["similar_name"])),
        (json!({"name": "Someone Else", "phone": "044 668 18 00"}), json!(["phone"])),
        (json!({"name": "Someone Else", "email": "HELLO@blackstone.example"}), json!(["email"])),
        (json!({"name": "Someone Else", "external_key": "crm-7"}), json!(["external_key"])),
        (
            json!({"name": "Else", "email": "hello@blackstone.example", "external_key": "CRM-7"}),
            json!(["email", "external_key"]),
        ),
        (json!({"name": "Blackstone Capital", "phone": "0446681800"}), json!(["phone", "same_name"])),
    ] {
        assert_eq!(suggested(&steward, &admin, &query).await, [(name.clone(), reasons)], "{query}");
    }
    create(&steward, &admin, &json!({"name": "Greystone", "kind": "fund", "external_key": "CRM-8"})).await;
    let two = json!({"name": "Else", "email": "hello@blackstone.example", "external_key": "CRM-8"});
    let greystone = ("Greystone".to_owned(), json!(["external_key"]));
    assert_eq!(suggested(&steward, &admin, &two).await, [(name.clone(), json!(["email"])), greystone]);
    for query in [json!({"name": "Blackrock"}), json!({"name": "Someone", "phone": "18 00"})] {
        assert_eq!(suggested(&steward, &admin, &query).await, [], "{query}");
    }
    let patch = json!({"name": "Redwood", "phone": null});
    steward.patch(&format!("/api/investors/{id}")).by(&admin).if_match(1).json(&patch).send().await.expect(200);
    steward.settle().await;
    let before = json!({"name": "Blackstone Capital", "phone": "044 668 18 00"});
    assert_eq!(suggested(&steward, &admin, &before).await, [], "the old name and number must not match any more");
    let twin = create(&steward, &admin, &json!({"name": "Redwood AG", "kind": "fund"})).await;
    steward.settle().await;
    let list = format!("/api/investors/{id}/duplicates");
    let listed = steward.get(&list).by(&admin).send().await.expect(200);
    assert_eq!((&listed.json["items"][0]["investor"]["id"], &listed.json["items"][1]), (&json!(twin), &Value::Null));
    steward.delete(&format!("/api/investors/{twin}")).by(&admin).if_match(1).send().await.expect(204);
    steward.settle().await;
    assert_eq!(
        steward.get(&list).by(&admin).send().await.expect(200).json["items"],
        json!([]),
        "a deleted investor is not suggested"
    );
}

#[tokio::test]
async fn another_address_of_a_mailbox_is_a_duplicate() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    create(&steward, &admin, &json!({"name": "Jane Doe", "kind": "person", "email": "Jane.Doe+ir@gmail.com"})).await;
    create(&steward, &admin, &json!({"name": "Max Roe", "kind": "person", "email": "max@münchen.example"})).await;
    create(&steward, &admin, &json!({"name": "Ida Poe", "kind": "person", "email": "ida@poe.example"})).await;
    steward.settle().await;
    for (name, email) in [
        ("Jane Doe", "janedoe@googlemail.com"),
        ("Max Roe", "max@xn--mnchen-3ya.example"),
        ("Ida Poe", "ida+steward@poe.example"),
    ] {
        let query = json!({"name": "Someone Else", "email": email});
        assert_eq!(suggested(&steward, &admin, &query).await, [(name.to_owned(), json!(["email"]))], "{email}");
    }
    let query = json!({"name": "Someone Else", "email": "i.da@poe.example"});
    assert_eq!(suggested(&steward, &admin, &query).await, []);
}

#[tokio::test]
async fn hidden_investors_are_not_suggested() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let ralf = steward.user(&admin, "ralf", &[Role::RelationshipManager]).await;
    let ann = steward.user(&admin, "ann", &[Role::Analyst]).await;
    let new = json!({"name": "Acme Holding", "kind": "company", "email": "a@acme.example", "phone": "+1 212 555 0100"});
    create(&steward, &rita, &new).await;
    steward.settle().await;
    let query = json!({"name": "Acme Holding", "email": "a@acme.example", "phone": "212-555-0100"});
    assert_eq!(suggested(&steward, &rita, &query).await.len(), 1);
    assert_eq!(suggested(&steward, &ann, &query).await.len(), 1);
    assert_eq!(suggested(&steward, &ralf, &query).await, []);
}

#[tokio::test]
async fn an_invalid_duplicate_search_is_refused() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    for wrong in [json!({"name": ""}), json!({"name": "A", "emial": "x"}), json!({"phone": "1"})] {
        let refused = steward.post("/api/investors/duplicates").by(&rita).json(&wrong).send().await;
        assert_eq!(refused.status.as_u16(), 422, "{wrong}: {}", refused.text);
    }
}

#[tokio::test]
async fn an_import_lists_and_can_skip_duplicates() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let acme = json!({"name": "Acme Capital", "kind": "fund", "phone": "+41 44 668 18 00"});
    let acme = create(&steward, &admin, &acme).await;
    steward.settle().await;
    let file = b"Name,Phone,Id\nACME Capital Ltd,,K1\nOther,044 668 18 00,K2\nNew One,,K3\n";
    let id = imports::uploaded(&steward, &admin, file).await;
    let start = |dry_run: bool, skip: bool| {
        json!({
            "mapping": [{"column": "Name", "field": "name"}, {"column": "Phone", "field": "phone"},
                {"column": "Id", "field": "external_key"}],
            "key": "external_key", "defaults": {"kind": "fund"}, "dry_run": dry_run, "skip_duplicates": skip,
        })
    };
    let checked = imports::run(&steward, &admin, &id, &start(true, false)).await;
    assert_eq!((imports::counts(&checked), &checked["duplicate_count"]), ([3, 0, 0, 0], &json!(2)));
    let told = steward.all(&admin, &format!("/api/imports/{id}/errors"), 10).await;
    let told: Vec<_> =
        told.iter().map(|row| (&row["row"], &row["code"], &row["imported"], &row["investor_id"])).collect();
    let code = json!("possible_duplicate");
    assert_eq!(told[0], (&json!(2), &code, &json!(true), &json!(acme)));
    assert_eq!(told[1], (&json!(3), &code, &json!(true), &json!(acme)));
    let done = imports::run(&steward, &admin, &id, &start(false, true)).await;
    assert_eq!((imports::counts(&done), &done["duplicate_count"]), ([1, 0, 0, 2], &json!(2)));
    let names: Vec<Value> =
        steward.all(&admin, "/api/investors", 10).await.iter().map(|one| one["name"].clone()).collect();
    assert_eq!(names, ["Acme Capital", "New One"]);
}
