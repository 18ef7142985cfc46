//! Search as you type: what is found, by whom, and that it follows every change.

pub mod cost;

use kernel::policy::Role;
use serde_json::{Value, json};

use crate::support::{Person, Steward};

async fn found(steward: &Steward, person: &Person, q: &str) -> Vec<String> {
    let path = format!("/api/search?q={}", q.replace(' ', "%20"));
    let results = steward.get(&path).by(person).send().await.expect(200).json;
    results["items"].as_array().unwrap().iter().map(|hit| hit["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_investor_is_found_by_any_word_prefix() {
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
async fn names_are_found_as_they_are_typed() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    for name in ["Straße & Söhne", "Łódź Invest", "O’Brien Jean-Luc", "三菱東京銀行"] {
        steward.investor(&admin, name).await;
    }
    steward.settle().await;
    for (typed, name) in [
        ("strasse", "Straße & Söhne"),
        ("lodz", "Łódź Invest"),
        ("obrien", "O’Brien Jean-Luc"),
        ("jeanluc o'b", "O’Brien Jean-Luc"),
        ("%E6%9D%B1%E4%BA%AC", "三菱東京銀行"),
    ] {
        assert_eq!(found(&steward, &admin, typed).await, [name], "{typed}");
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
async fn search_finds_only_visible_investors_and_users() {
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
    let tom = steward.user(&admin, "tom", &[Role::TeamMember]).await;
    assert_eq!(found(&steward, &mia, "rita").await, ["rita of Steward"], "managers can find users to add to a team");
    assert_eq!(found(&steward, &tom, "rita").await, [""; 0]);
    assert_eq!(found(&steward, &ralf, "rit").await, ["rita of Steward"]);

    let give = json!({"relationship_manager_id": ralf.id});
    let path = format!("/api/investors/{}", investor.id());
    steward.patch(&path).by(&admin).if_match(1).json(&give).send().await.expect(200);
    steward.settle().await;
    assert_eq!(found(&steward, &rita, "harb").await, [""; 0], "the investor belongs to someone else now");
    assert_eq!(found(&steward, &ralf, "harb").await, ["Harbour Fund"]);
}

#[tokio::test]
async fn a_user_is_found_by_name_and_username() {
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
async fn an_invalid_search_names_the_parameter() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let long = "x".repeat(101);
    for (path, parameter) in [(format!("/api/search?q={long}"), "q"), ("/api/search?q=a&kinds=b".into(), "kinds")] {
        let refused = steward.get(&path).by(&admin).send().await;
        assert!(refused.status.is_client_error() && refused.text.contains(parameter), "{}", refused.text);
    }
    assert_eq!(steward.get("/api/search").by(&admin).send().await.expect(422).fields(), ["q"]);
}

/// Creates a product and returns its path.
async fn product(steward: &Steward, owner: &Person, key: &str, name: &str) -> String {
    let new = json!({"key": key, "name": name, "status": "active"});
    format!("/api/products/{}", steward.post("/api/products").by(owner).json(&new).send().await.expect(201).id())
}

async fn below(steward: &Steward, owner: &Person, path: &str, what: &str, title: &str) -> String {
    steward.post(&format!("{path}/{what}")).by(owner).json(&json!({"title": title})).send().await.expect(201).id()
}

/// The products, requirements and tasks found: names, and titles with their references.
async fn work(steward: &Steward, person: &Person, q: &str) -> Vec<String> {
    let path = format!("/api/search?q={}", q.replace(' ', "%20"));
    let results = steward.get(&path).by(person).send().await.expect(200).json;
    let text = |hit: &Value, name: &str| hit[name].as_str().unwrap().to_owned();
    let shown = |hit: &Value| match hit["kind"].as_str().unwrap() {
        "product" => Some(format!("{} {}", text(hit, "key"), text(hit, "name"))),
        "requirement" | "task" => Some(format!("{} {}", text(hit, "reference"), text(hit, "title"))),
        _ => None,
    };
    results["items"].as_array().unwrap().iter().filter_map(shown).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn work_is_found_by_any_word_or_reference() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mia = steward.user(&admin, "mia", &[Role::Manager]).await;
    let orbit = product(&steward, &mia, "ORB", "Orbit Launcher").await;
    below(&steward, &mia, &orbit, "requirements", "Launch without delay").await;
    for title in ["Write the launch plan", "Order fuel"] {
        below(&steward, &mia, &orbit, "tasks", title).await;
    }
    steward.settle().await;
    for person in [&admin, &mia] {
        assert_eq!(
            work(&steward, person, "LAUN").await,
            ["ORB-R1 Launch without delay", "ORB Orbit Launcher", "ORB-1 Write the launch plan"]
        );
        assert_eq!(work(&steward, person, "ORB-2").await, ["ORB-2 Order fuel"]);
        assert_eq!(work(&steward, person, "orb r1").await, ["ORB-R1 Launch without delay"]);
        assert_eq!(work(&steward, person, "plan launch").await, ["ORB-1 Write the launch plan"]);
        assert_eq!(work(&steward, person, "orb fuel").await, ["ORB-2 Order fuel"]);
        assert!(work(&steward, person, "aunch").await.is_empty());
    }
    let hits = steward.get("/api/search?q=orb-1").by(&mia).send().await.expect(200).json;
    assert_eq!(format!("/api/products/{}", hits["items"][0]["product_id"].as_str().unwrap()), orbit);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_products_contents_are_found_only_by_its_team() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mia = steward.user(&admin, "mia", &[Role::Manager]).await;
    let tom = steward.user(&admin, "tom", &[Role::TeamMember]).await;
    let others: [Person; 3] = [
        steward.user(&admin, "max", &[Role::Manager]).await,
        steward.user(&admin, "rita", &[Role::RelationshipManager]).await,
        steward.user(&admin, "ana", &[Role::Analyst]).await,
    ];
    let orbit = product(&steward, &mia, "ORB", "Orbit").await;
    let mine = product(&steward, &others[0], "MAX", "Orange").await;
    below(&steward, &mia, &orbit, "tasks", "Orient the antenna").await;
    below(&steward, &others[0], &mine, "tasks", "Orient the office").await;
    let member = format!("{orbit}/members/{}", tom.id);
    steward.request("PUT", &member).by(&mia).if_match(1).json(&json!({"role": "engineer"})).send().await.expect(200);
    steward.settle().await;
    let theirs = ["ORB Orbit", "ORB-1 Orient the antenna"];
    assert_eq!(work(&steward, &mia, "or").await, theirs);
    assert_eq!(work(&steward, &tom, "or").await, theirs);
    assert_eq!(work(&steward, &admin, "orient").await, ["ORB-1 Orient the antenna", "MAX-1 Orient the office"]);
    assert_eq!(work(&steward, &others[0], "or").await, ["MAX Orange", "MAX-1 Orient the office"]);
    for stranger in &others[1..] {
        assert!(work(&steward, stranger, "or").await.is_empty());
    }
    steward.delete(&member).by(&mia).if_match(2).send().await.expect(200);
    steward.settle().await;
    assert!(work(&steward, &tom, "or").await.is_empty());
    steward.patch(&orbit).by(&admin).if_match(3).json(&json!({"owner_id": others[0].id})).send().await.expect(200);
    steward.settle().await;
    assert!(work(&steward, &mia, "or").await.is_empty(), "the product belongs to someone else now");
    assert_eq!(work(&steward, &others[0], "orb").await, ["ORB Orbit", "ORB-1 Orient the antenna"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn product_search_follows_renaming_and_deleting() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let orbit = product(&steward, &admin, "ORB", "Orbit").await;
    let task = format!("{orbit}/tasks/{}", below(&steward, &admin, &orbit, "tasks", "Old words").await);
    let requirement = below(&steward, &admin, &orbit, "requirements", "Old needs").await;
    let requirement = format!("{orbit}/requirements/{requirement}");
    for path in [&task, &requirement] {
        let renamed = json!({"title": "New name", "priority": "high"});
        steward.patch(path).by(&admin).if_match(1).json(&renamed).send().await.expect(200);
        steward.patch(path).by(&admin).if_match(2).json(&json!({"status": "done"})).send().await.expect(200);
    }
    steward.settle().await;
    assert!(work(&steward, &admin, "old").await.is_empty());
    assert_eq!(work(&steward, &admin, "new").await, ["ORB-1 New name", "ORB-R1 New name"]);
    for path in [&task, &requirement] {
        steward.delete(path).by(&admin).if_match(3).send().await.expect(204);
    }
    steward.patch(&orbit).by(&admin).if_match(1).json(&json!({"name": "Renamed"})).send().await.expect(200);
    steward.settle().await;
    assert!(work(&steward, &admin, "new").await.is_empty());
    assert!(work(&steward, &admin, "orbit").await.is_empty());
    assert_eq!(work(&steward, &admin, "orb").await, ["ORB Renamed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_peoples_work_does_not_crowd_out_your_own() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mia = steward.user(&admin, "mia", &[Role::Manager]).await;
    let big = product(&steward, &admin, "BIG", "Everything else").await;
    for number in 0..45 {
        below(&steward, &admin, &big, "tasks", &format!("Test case {number}")).await;
    }
    // Her newest product is searched too, no matter how many she has.
    for number in 0..25 {
        product(&steward, &mia, &format!("P{number}"), "Probe").await;
    }
    let orbit = product(&steward, &mia, "ORB", "Orbit").await;
    below(&steward, &mia, &orbit, "tasks", "Test the thruster").await;
    steward.settle().await;
    assert_eq!(work(&steward, &mia, "te").await, ["ORB-1 Test the thruster"]);
    assert_eq!(work(&steward, &mia, "test thr").await, ["ORB-1 Test the thruster"]);
    let all = work(&steward, &admin, "big-1").await;
    assert_eq!((all[0].as_str(), all.len()), ("BIG-1 Test case 0", 10), "the exact number comes first");
}
