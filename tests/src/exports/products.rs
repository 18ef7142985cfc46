//! Exports of the Products workspace.

use kernel::policy::Role;
use serde_json::{Value, json};

use super::{column, create, export, file, get, ids};
use crate::support::{Person, Steward};

/// Creates a product of `owner` with a requirement below another and two tasks; returns its id.
async fn furnished(steward: &Steward, owner: &Person, key: &str) -> String {
    let new = json!({"key": key, "name": format!("=Product {key}"), "status": "active"});
    let id = create(steward, owner, "/api/products", &new).await.id();
    let base = format!("/api/products/{id}");
    let parent = json!({
        "title": "@Parent", "acceptance_criteria": ["quick; safe", "-cheap"], "external_id": format!("{key}/1"),
        "description": "first\nsecond, \"quoted\"", "priority": "high",
    });
    let parent = create(steward, owner, &format!("{base}/requirements"), &parent).await.id();
    let child = json!({"title": "Child", "parent_id": parent, "status": "open"});
    create(steward, owner, &format!("{base}/requirements"), &child).await;
    let task = json!({
        "title": "+Task", "requirement_id": parent, "assignee_id": owner.id, "due_on": "2027-01-05", "estimate_hours": "2.5",
        "labels": ["one", "two; three"], "checklist": [{"text": "=step", "done": true}, {"text": "last"}],
    });
    create(steward, owner, &format!("{base}/tasks"), &task).await;
    create(steward, owner, &format!("{base}/tasks"), &json!({"title": "Plain", "status": "done"})).await;
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_export_matches_the_list_each_role_sees() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mia = steward.user(&admin, "mia", &[Role::Manager]).await;
    let max = steward.user(&admin, "max", &[Role::Manager]).await;
    let tom = steward.user(&admin, "tom", &[Role::TeamMember]).await;
    let orbit = furnished(&steward, &mia, "ORB").await;
    furnished(&steward, &max, "MAX").await;
    let member = format!("/api/products/{orbit}/members/{}", tom.id);
    steward.request("PUT", &member).by(&mia).if_match(1).json(&json!({"role": "tester"})).send().await.expect(200);
    steward.settle().await;
    for query in ["", "?status=active", "?status=archived"] {
        for person in [&admin, &mia, &max] {
            let listed = ids(&steward, person, &format!("/api/products{query}")).await;
            let exported = export(&steward, person, &format!("/api/exports/products{query}")).await;
            assert_eq!(column(&exported, "id"), listed, "{query}");
        }
    }
    let mine = export(&steward, &mia, "/api/exports/products").await;
    assert_eq!((column(&mine, "owner_username"), column(&mine, "members")), (vec!["mia"], vec!["1"]));
    let lists = [
        "requirements",
        "requirements?status=open",
        "requirements?parent_id=none",
        "tasks",
        "tasks?label=one",
        "tasks?assignee_id=none",
        "tasks?status=done",
    ];
    let asset = json!({
        "name": "=Look", "kind": "mockup", "file_name": "a.png", "content_type": "image/png", "size": 10, "sha256": "0".repeat(64),
    });
    create(&steward, &mia, &format!("/api/products/{orbit}/assets"), &asset).await;
    let assets = export(&steward, &mia, &format!("/api/exports/products/{orbit}/assets")).await;
    assert_eq!((column(&assets, "name"), column(&assets, "status")), (vec!["'=Look"], vec!["awaiting_upload"]));
    assert!(export(&steward, &admin, &format!("/api/exports/products/{orbit}/assets")).await.is_empty());
    get(&steward, &max, &format!("/api/exports/products/{orbit}/assets")).await.problem(404, "not_found");
    let milestone = json!({"name": "@First light", "due_on": "2030-05-01"});
    create(&steward, &mia, &format!("/api/products/{orbit}/milestones"), &milestone).await;
    let path = format!("/api/exports/products/{orbit}/milestones");
    for person in [&admin, &mia] {
        let milestones = export(&steward, person, &path).await;
        assert_eq!((column(&milestones, "name"), column(&milestones, "percent")), (vec!["'@First light"], vec!["0"]));
    }
    get(&steward, &max, &path).await.problem(404, "not_found");
    for list in lists {
        let path = format!("/api/exports/products/{orbit}/{list}");
        for person in [&admin, &mia] {
            let listed = ids(&steward, person, &format!("/api/products/{orbit}/{list}")).await;
            assert!(!listed.is_empty(), "{list}");
            assert_eq!(column(&export(&steward, person, &path).await, "id"), listed, "{list}");
        }
        get(&steward, &max, &path).await.problem(404, "not_found");
        get(&steward, &tom, &path).await.problem(403, "forbidden");
    }
    let requirement = ids(&steward, &mia, &format!("/api/products/{orbit}/requirements")).await.remove(0);
    let path = format!("/api/products/{orbit}/requirements/{requirement}");
    steward.patch(&path).by(&mia).if_match(1).json(&json!({"title": "Other"})).send().await.expect(200);
    let versions = format!("/api/exports/products/{orbit}/requirements/{requirement}/versions");
    let exported = export(&steward, &mia, &versions).await;
    assert_eq!((column(&exported, "version"), exported[0]["changed"].as_str()), (vec!["2", "1"], "title"));
    get(&steward, &max, &versions).await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn requirements_and_tasks_are_exported_completely() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let orbit = furnished(&steward, &admin, "ORB").await;
    steward.settle().await;
    let path = |list: &str| format!("/api/exports/products/{orbit}/{list}");
    let rows = export(&steward, &admin, &path("requirements")).await;
    let told = ["number", "external_id", "title", "description", "priority", "status", "acceptance_criteria", "parent"];
    let told: Vec<Vec<&str>> = rows.iter().map(|row| told.iter().map(|name| row[*name].as_str()).collect()).collect();
    let first = ["1", "ORB/1", "'@Parent", "first\nsecond, \"quoted\"", "high", "draft", "quick\\; safe;' -cheap", ""];
    // A semicolon within a criterion is distinguished from the separator between criteria.
    assert_eq!(told[0], first);
    assert_eq!(told[1], ["2", "", "Child", "", "medium", "open", "", "ORB-R1"]);
    let rows = export(&steward, &admin, &path("tasks")).await;
    let row = rows.iter().find(|row| row["number"] == "1").unwrap();
    let told = ["title", "assignee", "requirement", "due_on", "estimate_hours", "labels", "checklist", "reference"];
    let told: Vec<&str> = told.iter().map(|name| row[*name].as_str()).collect();
    assert_eq!(
        told,
        ["'+Task", "admin", "ORB-R1", "2027-01-05", "2.5", "one; two\\; three", "[x] =step\n[ ] last", "ORB-1"]
    );
    for list in ["requirements", "tasks"] {
        let (text, _) = file(&steward, &admin, &path(list)).await;
        assert!(!text.contains(",=") && !text.contains("\n="), "{text}");
    }
    let trail = format!("/api/audit?entity_type=product&entity_id={orbit}");
    steward.settle().await;
    let trail = steward.all(&admin, &trail, 50).await;
    let records: Vec<&Value> = trail.iter().filter(|record| record["action"] == "task_export").collect();
    assert!(!records.is_empty() && !records[0].to_string().contains("Plain"), "{trail:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn comments_files_rules_and_baselines_are_exported() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mia = steward.user(&admin, "mia", &[Role::Manager]).await;
    let max = steward.user(&admin, "max", &[Role::Manager]).await;
    let tom = steward.user(&admin, "tom", &[Role::TeamMember]).await;
    let orbit = furnished(&steward, &mia, "ORB").await;
    let base = format!("/api/products/{orbit}");
    let member = format!("{base}/members/{}", tom.id);
    steward.request("PUT", &member).by(&mia).if_match(1).json(&json!({"role": "tester"})).send().await.expect(200);
    let tasks = ids(&steward, &mia, &format!("{base}/tasks")).await;
    for (n, (task, text)) in
        [(&tasks[0], "=SUM(A1)"), (&tasks[1], "To go"), (&tasks[0], "Last")].into_iter().enumerate()
    {
        let new = json!({"text": text, "mentions": if n == 2 { vec![&tom.id] } else { vec![] }});
        create(&steward, &mia, &format!("{base}/tasks/{task}/comments"), &new).await;
    }
    let second = ids(&steward, &mia, &format!("{base}/tasks/{}/comments", tasks[0])).await.remove(1);
    let edited = format!("{base}/tasks/{}/comments/{second}", tasks[0]);
    steward.patch(&edited).by(&mia).if_match(1).json(&json!({"text": "Very last"})).send().await.expect(200);
    let file = json!({"file_name": "=a.png", "content_type": "image/png", "size": 10, "sha256": "0".repeat(64)});
    create(&steward, &mia, &format!("{base}/tasks/{}/attachments", tasks[0]), &file).await;
    let rule = json!({
        "name": "@Blocked", "when": {"event": "task_status_changed", "status": "blocked"},
        "then": [{"action": "add_label", "label": "stuck"}, {"action": "notify", "recipient": "owner", "message": "Look"}],
    });
    create(&steward, &mia, &format!("{base}/rules"), &rule).await;
    let frozen = json!({"name": "+First", "description": "What we agreed"});
    create(&steward, &mia, &format!("{base}/baselines"), &frozen).await;
    let requirement = ids(&steward, &mia, &format!("{base}/requirements")).await.remove(0);
    let path = format!("{base}/requirements/{requirement}");
    steward.patch(&path).by(&mia).if_match(1).json(&json!({"title": "Other"})).send().await.expect(200);
    create(&steward, &mia, &format!("{base}/baselines"), &json!({"name": "Second"})).await;

    let path = |list: &str| format!("/api/exports/products/{orbit}/{list}");
    let first = steward.get(&format!("{base}/tasks/{}", tasks[0])).by(&mia).send().await.expect(200);
    let comments = export(&steward, &mia, &path("comments")).await;
    assert_eq!(column(&comments, "text"), ["'=SUM(A1)", "To go", "Very last"]);
    assert_eq!(column(&comments, "mentions"), ["", "", "tom of Steward"]);
    assert_eq!(
        (&comments[0]["task"], &comments[2]["version"]),
        (&first.json["reference"].as_str().unwrap().to_owned(), &"2".to_owned())
    );
    let files = export(&steward, &mia, &path("attachments")).await;
    assert_eq!((column(&files, "file_name"), column(&files, "status")), (vec!["'=a.png"], vec!["awaiting_upload"]));
    assert!(
        export(&steward, &admin, &path("attachments")).await.is_empty(),
        "only the uploader sees unfinished uploads"
    );
    let rules = export(&steward, &mia, &path("rules")).await;
    assert_eq!((column(&rules, "name"), column(&rules, "event")), (vec!["'@Blocked"], vec!["task_status_changed"]));
    assert_eq!(rules[0]["then"], "add_label: stuck\nnotify owner: Look");
    let baselines = export(&steward, &mia, &path("baselines")).await;
    let told = |name: &str| column(&baselines, name);
    assert_eq!(told("baseline"), ["Second", "Second", "'+First", "'+First"]);
    assert_eq!(told("requirement"), ["ORB-R1", "ORB-R2", "ORB-R1", "ORB-R2"]);
    assert_eq!((told("version"), told("title")[0], told("title")[2]), (vec!["2", "1", "1", "1"], "Other", "'@Parent"));
    assert_eq!(told("description"), ["", "", "What we agreed", ""]);

    // Deleted entities, and the children of deleted entities, are in no export.
    steward.delete(&edited).by(&mia).if_match(2).send().await.expect(204);
    let task = format!("{base}/tasks/{}", tasks[1]);
    let version = steward.get(&task).by(&mia).send().await.expect(200).json["version"].as_u64().unwrap();
    steward.delete(&task).by(&mia).if_match(version).send().await.expect(204);
    assert_eq!(column(&export(&steward, &mia, &path("comments")).await, "text"), ["'=SUM(A1)"]);
    for list in ["comments", "attachments", "rules", "baselines"] {
        export(&steward, &admin, &path(list)).await;
        get(&steward, &max, &path(list)).await.problem(404, "not_found");
        get(&steward, &tom, &path(list)).await.problem(403, "forbidden");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_team_saved_views_and_own_tasks_are_exported() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mia = steward.user(&admin, "mia", &[Role::Manager]).await;
    let max = steward.user(&admin, "max", &[Role::Manager]).await;
    let tom = steward.user(&admin, "tom", &[Role::TeamMember]).await;
    let orbit = furnished(&steward, &mia, "ORB").await;
    let comet = furnished(&steward, &max, "COM").await;
    for (product, owner, member) in [(&orbit, &mia, &tom), (&comet, &max, &mia)] {
        let member = format!("/api/products/{product}/members/{}", member.id);
        steward.request("PUT", &member).by(owner).if_match(1).json(&json!({"role": "tester"})).send().await.expect(200);
    }
    let hers = json!({"title": "=Theirs", "assignee_id": mia.id, "due_on": "2027-01-04"});
    create(&steward, &max, &format!("/api/products/{comet}/tasks"), &hers).await;
    for (name, query) in [("@Urgent", "priority=urgent"), ("Mine", "assignee_id=me")] {
        create(&steward, &mia, &format!("/api/products/{orbit}/views"), &json!({"name": name, "query": query})).await;
    }
    steward.settle().await;
    let path = |list: &str| format!("/api/exports/products/{orbit}/{list}");

    let team = export(&steward, &mia, &path("members")).await;
    assert_eq!((column(&team, "username"), column(&team, "role")), (vec!["mia", "tom"], vec!["", "tester"]));
    assert_eq!((column(&team, "is_owner"), column(&team, "open_tasks")), (vec!["true", "false"], vec!["1", "0"]));
    assert_eq!(column(&team, "estimate_hours"), ["2.5", "0"]);

    let views = export(&steward, &mia, &path("views")).await;
    assert_eq!(
        (column(&views, "name"), column(&views, "query")),
        (vec!["'@Urgent", "Mine"], vec!["priority=urgent", "assignee_id=me"])
    );
    assert!(export(&steward, &admin, &path("views")).await.is_empty(), "only their creator sees saved views");
    for list in ["members", "views"] {
        get(&steward, &max, &path(list)).await.problem(404, "not_found");
        get(&steward, &tom, &path(list)).await.problem(403, "forbidden");
    }

    let exported = export(&steward, &mia, "/api/exports/tasks").await;
    assert_eq!(column(&exported, "id"), ids(&steward, &mia, "/api/tasks").await);
    assert_eq!(
        (column(&exported, "title"), column(&exported, "labels")),
        (vec!["'=Theirs", "'+Task"], vec!["", "one; two\\; three"])
    );
    let all = export(&steward, &admin, &format!("/api/exports/tasks?assignee_id={}", mia.id)).await;
    assert_eq!(column(&all, "title"), ["'=Theirs", "'+Task"]);
    let first = format!("/api/exports/tasks?assignee_id={}&due_before=2027-01-05", mia.id);
    assert_eq!(column(&export(&steward, &admin, &first).await, "title"), ["'=Theirs"]);
    assert!(export(&steward, &mia, "/api/exports/tasks?status=blocked").await.is_empty());
    // Once she has left the team, she can no longer see or export the tasks assigned to her in that product.
    let left = format!("/api/products/{comet}/members/{}", mia.id);
    steward.delete(&left).by(&max).if_match(2).send().await.expect(200);
    assert_eq!(column(&export(&steward, &mia, "/api/exports/tasks").await, "title"), ["'+Task"]);
    get(&steward, &mia, "/api/exports/tasks?assignee_id=none").await.problem(400, "invalid_input");
    get(&steward, &tom, "/api/exports/tasks").await.problem(403, "forbidden");
}
