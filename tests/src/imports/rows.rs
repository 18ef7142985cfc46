//! What rows do, and how one invalid row leaves the others unaffected.

use serde_json::{Value, json};

use super::{counts, errors, run, uploaded};
use crate::support::{Person, Steward};

const HEADER: &str = "name,kind,mail,phone,country,tier,tag,key";

fn body(key: &str) -> Value {
    let fields = ["name", "kind", "email", "phone", "country", "tier", "tags", "external_key"];
    let mapping: Value =
        HEADER.split(',').zip(fields).map(|(column, field)| json!({"column": column, "field": field})).collect();
    json!({"mapping": mapping, "key": key, "dry_run": false})
}

async fn import(steward: &Steward, person: &Person, key: &str, rows: &str) -> (String, Value) {
    let id = uploaded(steward, person, format!("{HEADER}\n{rows}").as_bytes()).await;
    let import = run(steward, person, &id, &body(key)).await;
    (id, import)
}

async fn one(steward: &Steward, person: &Person, name: &str) -> Value {
    let investors = steward.all(person, "/api/investors", 100).await;
    let found = investors.iter().find(|investor| investor["name"] == name).unwrap();
    let path = format!("/api/investors/{}", found["id"].as_str().unwrap());
    steward.get(&path).by(person).send().await.expect(200).json
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_row_does_not_stop_the_others() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let taken = json!({"name": "Taken", "kind": "fund", "email": "taken@example.com", "external_key": "T"});
    let taken = steward.post("/api/investors").by(&admin).json(&taken).send().await.expect(201);
    let gone = json!({"name": "Gone", "kind": "fund", "external_key": "G"});
    let gone = steward.post("/api/investors").by(&admin).json(&gone).send().await.expect(201);
    steward.delete(&format!("/api/investors/{}", gone.id())).by(&admin).if_match(1).send().await.expect(204);
    let long = "x".repeat(70_000);
    let rows = format!(
        "Good,Family Office,good@example.com,+1 212 555 0100,us,gold,a;b,K1\n\
         Bad,robot,nobody,12,Narnia,tin,,K2\n\
         Short,fund\n\
         ,fund,,,,,,K4\n\
         NoKind,,,,,,,K5\n\
         NoKey,fund,,,,,,\n\
         Thief,fund,TAKEN@example.com,,,,,K7\n\
         Gone,fund,,,,,,g\n\
         Twin,fund,good@example.com,,,,,K9\n\
         Again,fund,,,,,,k1\n\
         {long},fund,,,,,,K11\n\
         Last,fund,,,,,,K12"
    );
    let (id, import) = import(&steward, &admin, "external_key", &rows).await;
    assert_eq!((import["status"].as_str(), counts(&import)), (Some("done"), [2, 0, 0, 10]), "{import}");
    let got = errors(&steward, &admin, &id).await;
    let got: Vec<(u64, &str, &str)> =
        got.iter().map(|(row, field, code)| (*row, field.as_str(), code.as_str())).collect();
    let wanted = [
        (3, "kind", "invalid"),
        (3, "email", "invalid"),
        (3, "phone", "invalid"),
        (3, "country", "invalid"),
        (3, "tier", "invalid"),
        (4, "-", "column_count"),
        (5, "name", "required"),
        (6, "kind", "required"),
        (7, "external_key", "required"),
        (8, "email", "email_taken"),
        (9, "external_key", "deleted"),
        (10, "email", "repeated"),
        (11, "external_key", "repeated"),
        (12, "-", "too_long"),
    ];
    assert_eq!(got, wanted);
    let good = one(&steward, &admin, "Good").await;
    assert_eq!(
        (&good["kind"], &good["country"], &good["tags"]),
        (&json!("family_office"), &json!("US"), &json!(["a", "b"]))
    );
    assert_eq!(one(&steward, &admin, "Last").await["tier"], "prospect");
    assert_eq!(
        one(&steward, &admin, "Taken").await["version"],
        taken.json["version"],
        "the existing investor was not changed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_updates_only_its_own_fields() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let ann = json!({
        "name": "Ann", "kind": "person", "email": "ann@example.com", "phone": "+1 212 555 0100", "address": "1 Main St",
        "tier": "gold", "tags": ["x"], "external_key": "A",
    });
    steward.post("/api/investors").by(&admin).json(&ann).send().await.expect(201);

    let (_, first) = import(&steward, &admin, "email", "Ann Lee,,ANN@example.com,,,silver,,\n").await;
    assert_eq!(counts(&first), [0, 1, 0, 0]);
    let changed = one(&steward, &admin, "Ann Lee").await;
    for (field, value) in
        [("tier", "silver"), ("phone", "+1 212 555 0100"), ("address", "1 Main St"), ("external_key", "A")]
    {
        assert_eq!(changed[field], value, "{field}");
    }
    assert_eq!((&changed["tags"], &changed["version"]), (&json!(["x"]), &json!(2)));

    let (_, by_key) = import(&steward, &admin, "external_key", "Ann Lee,,ann@example.com,,,silver,y|z,a\n").await;
    assert_eq!(counts(&by_key), [0, 1, 0, 0]);
    assert_eq!(one(&steward, &admin, "Ann Lee").await["tags"], json!(["y", "z"]));
    let (_, by_name) = import(&steward, &admin, "name", "ANN LEE,,,,,,,\nann lee 2,fund,,,,,,\n").await;
    assert_eq!(counts(&by_name), [1, 1, 0, 0], "a name that differs only in case matches");
    steward.investor(&admin, "Double").await;
    steward.investor(&admin, "double").await;
    let (id, ambiguous) = import(&steward, &admin, "name", "DOUBLE,,,,,gold,,\n").await;
    assert_eq!(counts(&ambiguous), [0, 0, 0, 1]);
    assert_eq!(errors(&steward, &admin, &id).await[0].2, "ambiguous");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_first_thousand_errors_are_kept() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rows: String =
        (0..1_500).map(|n| format!("Investor {n},{},,,,,,K{n}\n", if n % 10 == 0 { "fund" } else { "" })).collect();
    let id = uploaded(&steward, &admin, format!("{HEADER}\n{rows}").as_bytes()).await;
    let mut dry = body("external_key");
    dry["dry_run"] = json!(true);
    let checked = run(&steward, &admin, &id, &dry).await;
    assert_eq!(counts(&checked), [150, 0, 0, 1_350]);
    assert_eq!(errors(&steward, &admin, &id).await.len(), 1_000);
    dry["defaults"] = json!({"kind": "company"});
    let checked = run(&steward, &admin, &id, &dry).await;
    assert_eq!(counts(&checked), [1_500, 0, 0, 0]);
    assert_eq!(errors(&steward, &admin, &id).await.len(), 0, "a new run discards the errors of the previous one");
}
