//! Search while typing: what is found, by whom, and that it follows every change.

use serde_json::{Value, json};
use shared::policy::Role;

use crate::support::{Person, Steward};

async fn found(steward: &Steward, person: &Person, q: &str) -> Vec<String> {
    let path = format!("/api/search?q={}", q.replace(' ', "%20"));
    let results = steward.get(&path).by(person).send().await.expect(200).json;
    results["items"].as_array().unwrap().iter().map(|hit| hit["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_investor_is_found_by_the_beginning_of_any_word_in_any_case_and_order() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    for name in ["Acme Capital Partners", "Crédit Agricole", "Partners of Acme", "Zenith 3000"] {
        steward.investor(&admin, name).await;
    }
    steward.settle().await;
    assert_eq!(found(&steward, &admin, "ACM").await, ["Acme Capital Partners", "Partners of Acme"]);
    assert_eq!(found(&steward, &admin, "capital par").await, ["Acme Capital Partners"]);
    assert_eq!(found(&steward, &admin, "partners acme").await, ["Acme Capital Partners", "Partners of Acme"]);
    assert_eq!(found(&steward, &admin, "credit-ag").await, ["Crédit Agricole"]);
    assert_eq!(found(&steward, &admin, "30").await, ["Zenith 3000"]);
    for nothing in ["apital", "", "%2D%2D", "acme zenith", "%F0%9F%98%80"] {
        assert_eq!(found(&steward, &admin, nothing).await, [""; 0], "{nothing}");
    }
}

#[tokio::test]
async fn search_follows_renaming_deleting_and_restoring() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let investor = steward.investor(&admin, "Old Name").await;
    let path = format!("/api/investors/{}", investor.id());
    steward.patch(&path).by(&admin).if_match(1).json(&json!({"name": "New Name"})).send().await.expect(200);
    steward.settle().await;
    assert_eq!(found(&steward, &admin, "old").await, [""; 0]);
    assert_eq!(found(&steward, &admin, "new").await, ["New Name"]);
    steward.delete(&path).by(&admin).if_match(2).send().await.expect(204);
    steward.settle().await;
    assert_eq!(found(&steward, &admin, "name").await, [""; 0]);
    steward.post(&format!("{path}/restore")).by(&admin).if_match(3).send().await.expect(200);
    steward.settle().await;
    assert_eq!(found(&steward, &admin, "name").await, ["New Name"]);
}

#[tokio::test]
async fn each_finds_only_what_they_may_see() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let ralf = steward.user(&admin, "ralf", &[Role::RelationshipManager]).await;
    let mia = steward.user(&admin, "mia", &[Role::Manager, Role::TeamMember]).await;
    let investor = steward.investor(&rita, "Harbour Fund").await;
    steward.settle().await;
    assert_eq!(found(&steward, &rita, "harb").await, ["Harbour Fund"]);
    assert_eq!(found(&steward, &ralf, "harb").await, [""; 0]);
    assert_eq!(found(&steward, &mia, "harb").await, [""; 0]);
    assert_eq!(found(&steward, &mia, "rita").await, [""; 0]);
    assert_eq!(found(&steward, &ralf, "rit").await, ["rita of Steward"]);

    let give = json!({"relationship_manager_id": ralf.id});
    let path = format!("/api/investors/{}", investor.id());
    steward.patch(&path).by(&admin).if_match(1).json(&give).send().await.expect(200);
    steward.settle().await;
    assert_eq!(found(&steward, &rita, "harb").await, [""; 0], "it is someone else's now");
    assert_eq!(found(&steward, &ralf, "harb").await, ["Harbour Fund"]);
}

#[tokio::test]
async fn a_user_is_found_by_name_and_by_user_name_with_what_tells_them_apart() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    steward.user(&admin, "rita.k", &[Role::Analyst]).await;
    steward.settle().await;
    let hits = steward.get("/api/search?q=rita").by(&admin).send().await.expect(200).json;
    let [hit] = hits["items"].as_array().unwrap().as_slice() else { panic!("{hits}") };
    let told: Vec<&Value> = ["kind", "username", "status"].iter().map(|name| &hit[name]).collect();
    assert_eq!(told, ["user", "rita.k", "active"]);
}

#[tokio::test]
async fn a_search_that_makes_no_sense_is_refused_with_its_parameter() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let long = "x".repeat(101);
    for (path, parameter) in [(format!("/api/search?q={long}"), "q"), ("/api/search?q=a&kinds=b".into(), "kinds")] {
        let refused = steward.get(&path).by(&admin).send().await;
        assert!(refused.status.is_client_error() && refused.text.contains(parameter), "{}", refused.text);
    }
    assert_eq!(steward.get("/api/search").by(&admin).send().await.expect(422).fields(), ["q"]);
}
