//! Baselines: a frozen set of requirements stays readable and can be compared with later states.

use kernel::ItemType;
use std::ops::Add as _;

use platform::table::{Draft, Key, Transaction};
use serde_json::{Value, json};

use crate::exports::{column, export};
use crate::requirements::{product, requirement};
use crate::support::{Answer, Person, Steward};

async fn freeze(steward: &Steward, person: &Person, product: &str, name: &str) -> Answer {
    steward.post(&format!("{product}/baselines")).by(person).json(&json!({"name": name})).send().await.expect(201)
}

fn numbers(list: &Value) -> Vec<u64> {
    list.as_array().unwrap().iter().map(|card| card["number"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn a_comparison_shows_added_changed_and_deleted_requirements() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let product = product(&steward, &admin, "ORB").await;
    let mut made = Vec::new();
    for n in 1..=4 {
        made.push(requirement(&steward, &admin, &product, &json!({"title": format!("Requirement {n}")})).await);
    }
    let first = freeze(&steward, &admin, &product, "First").await;
    assert_eq!((&first.json["requirement_count"], &first.json["version"]), (&json!(4), &json!(1)));
    let path = |n: usize| format!("{product}/requirements/{}", made[n - 1].id());
    let compare = async |from: &Answer, with: &str| {
        let path = format!("{product}/baselines/{}/compare?with={with}", from.id());
        steward.get(&path).by(&admin).send().await.expect(200).json
    };
    let nothing = compare(&first, "now").await;
    assert_eq!(
        (&nothing["added_count"], &nothing["changed_count"], &nothing["deleted_count"]),
        (&json!(0), &json!(0), &json!(0))
    );
    steward.patch(&path(1)).by(&admin).if_match(1).json(&json!({"title": "Renamed"})).send().await.expect(200);
    steward.patch(&path(2)).by(&admin).if_match(1).json(&json!({"status": "done"})).send().await.expect(200);
    steward.delete(&path(3)).by(&admin).if_match(1).send().await.expect(204);
    requirement(&steward, &admin, &product, &json!({"title": "New"})).await;
    let second = freeze(&steward, &admin, &product, "Second").await;
    for with in ["now", &second.id()] {
        let compared = compare(&first, with).await;
        assert_eq!((numbers(&compared["added"]), numbers(&compared["deleted"])), (vec![5], vec![3]));
        assert_eq!(compared["deleted"][0]["title"], "Requirement 3", "the title at the time of the baseline");
        let changed: Vec<_> = compared["changed"].as_array().unwrap().iter().collect();
        assert_eq!(changed.len(), 2);
        assert_eq!((&changed[0]["from_version"], &changed[0]["to_version"]), (&json!(1), &json!(2)));
        assert_eq!(
            (&changed[0]["content_changed"], &changed[0]["requirement"]["title"]),
            (&json!(true), &json!("Renamed"))
        );
        assert_eq!(changed[1]["content_changed"], false);
    }
    let back = compare(&second, &first.id()).await;
    assert_eq!((numbers(&back["added"]), numbers(&back["deleted"])), (vec![3], vec![5]));
    let held = steward.all(&admin, &format!("{product}/baselines/{}/requirements", first.id()), 3).await;
    assert_eq!(
        held.iter().map(|card| card["title"].as_str().unwrap()).collect::<Vec<_>>(),
        ["Requirement 1", "Requirement 2", "Requirement 3", "Requirement 4"]
    );
    let listed = steward.all(&admin, &format!("{product}/baselines"), 1).await;
    assert_eq!(listed.iter().map(|one| one["name"].as_str().unwrap()).collect::<Vec<_>>(), ["Second", "First"]);
    let path = format!("{product}/baselines/{}", first.id());
    steward.delete(&path).by(&admin).if_match(2).send().await.problem(412, "stale_version");
    steward.delete(&path).by(&admin).if_match(1).send().await.expect(204);
    for gone in ["", "/requirements", "/compare?with=now"] {
        steward.get(&format!("{path}{gone}")).by(&admin).send().await.problem(404, "not_found");
    }
    let other = format!("{product}/baselines/{}/compare", second.id());
    steward.get(&format!("{other}?with={}", first.id())).by(&admin).send().await.problem(404, "not_found");
    steward.get(&format!("{other}?with=then")).by(&admin).send().await.problem(400, "invalid_input");
    steward.get(&format!("{other}?with=now&cursor=x")).by(&admin).send().await.problem(400, "invalid_cursor");
    steward.get(&other).by(&admin).send().await.problem(422, "invalid_input");
}

/// Writes requirements and their first versions directly, in their stored form.
pub async fn write_many(steward: &Steward, product: &str, sample: &Answer, numbers: std::ops::RangeInclusive<u64>) {
    let product_id = product.rsplit('/').next().unwrap();
    let table = steward.app().table();
    let mut transaction = Transaction::new();
    for number in numbers {
        let mut data = sample.json.clone();
        let id = kernel::id::new();
        data["id"] = json!(id);
        data["number"] = json!(number);
        data["reference"] = json!(format!("ORB-R{number}"));
        let requirement: product_development::requirement::Requirement = serde_json::from_value(data).unwrap();
        let pk = format!("PRODUCT#{product_id}");
        let item = Draft::new(Key::new(&pk, format!("REQUIREMENT#{id}")), ItemType::Requirement, &requirement).unwrap();
        let item = item.card(&requirement.card()).unwrap().number("version", 1).number("content_version", 1);
        let item = item.index("gsi1", format!("REQUIREMENTS#{product_id}"), format!("{number:010}"));
        transaction.put(item);
        let key = Key::new(&pk, format!("VERSION#REQUIREMENT#{id}#{:010}", 1));
        transaction.put(Draft::new(key, ItemType::RequirementVersion, &requirement).unwrap());
        if transaction.len() == 100 {
            table.commit(std::mem::take(&mut transaction)).await.unwrap();
        }
    }
    if !transaction.is_empty() {
        table.commit(transaction).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_baseline_can_hold_thousands_of_requirements() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let product = product(&steward, &admin, "ORB").await;
    let sample = requirement(&steward, &admin, &product, &json!({"title": "Sample"})).await;
    write_many(&steward, &product, &sample, 2..=2500).await;
    let first = freeze(&steward, &admin, &product, "Many").await;
    assert_eq!(first.json["requirement_count"], 2500);
    let exported = export(&steward, &admin, &product.replace("/api/", "/api/exports/").add("/baselines")).await;
    assert_eq!(exported.len(), 2500, "exported in pages of 500");
    let references: Vec<String> = (1..=2500).map(|number| format!("ORB-R{number}")).collect();
    assert_eq!(column(&exported, "requirement"), references);
    write_many(&steward, &product, &sample, 2501..=2650).await;
    let path = format!("{product}/baselines/{}", first.id());
    let page = steward.get(&format!("{path}/requirements?limit=100")).by(&admin).send().await.expect(200);
    assert_eq!(numbers(&page.json["items"]), (1..=100).collect::<Vec<_>>());
    let cursor = page.json["next_cursor"].as_str().unwrap();
    let next = steward.get(&format!("{path}/requirements?limit=100&cursor={cursor}")).by(&admin).send().await;
    assert_eq!(numbers(&next.expect(200).json["items"]), (101..=200).collect::<Vec<_>>());
    let mut added = Vec::new();
    let mut cursor = String::new();
    loop {
        let page =
            steward.get(&format!("{path}/compare?with=now&limit=100{cursor}")).by(&admin).send().await.expect(200);
        added.extend(numbers(&page.json["added"]));
        assert_eq!((&page.json["added_count"], &page.json["changed_count"]), (&json!(added.len()), &json!(0)));
        match page.json["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(added, (2501..=2650).collect::<Vec<_>>());
    let second = freeze(&steward, &admin, &product, "More").await;
    let compare = format!("{product}/baselines/{}/compare?with={}&limit=100", second.id(), first.id());
    let page = steward.get(&compare).by(&admin).send().await.expect(200).json;
    assert_eq!(numbers(&page["deleted"]), (2501..=2600).collect::<Vec<_>>());
    let cursor = page["next_cursor"].as_str().unwrap();
    let page = steward.get(&format!("{compare}&cursor={cursor}")).by(&admin).send().await.expect(200).json;
    assert_eq!(numbers(&page["deleted"]), (2601..=2650).collect::<Vec<_>>());
    assert_eq!((&page["deleted_count"], &page["next_cursor"]), (&json!(150), &Value::Null));
    let elsewhere = format!("{product}/baselines/{}/compare?with=now&cursor={cursor}", second.id());
    steward.get(&elsewhere).by(&admin).send().await.problem(400, "invalid_cursor");
}
