//! The board: order, columns, work in progress limits, and several people moving the same cards at once.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{Answer, Person};
use crate::tasks::Team;

impl Team {
    async fn card(&self, title: &str) -> String {
        self.create(json!({"title": title})).await.id()
    }

    async fn cards(&self, titles: &[&str]) -> Vec<String> {
        let mut ids = Vec::new();
        for title in titles {
            ids.push(self.card(title).await);
        }
        ids
    }

    async fn send(&self, person: &Person, id: &str, version: u64, to: Value) -> Answer {
        self.steward.post(&format!("{}/move", self.task(id))).by(person).if_match(version).json(&to).send().await
    }

    async fn place(&self, id: &str, status: &str, above: Option<&str>, below: Option<&str>) -> Answer {
        let version = self.get(id).await.json["version"].as_u64().unwrap();
        let to = json!({"status": status, "after_id": above, "before_id": below});
        self.send(&self.mia, id, version, to).await.expect(200)
    }

    async fn board(&self, query: &str) -> Answer {
        self.steward.get(&format!("{}/board{query}", self.product)).by(&self.tom).send().await.expect(200)
    }

    /// The titles of a column, from top to bottom.
    async fn titles(&self, column: usize) -> Vec<String> {
        titles(&self.board("").await.json["columns"][column])
    }
}

fn titles(column: &Value) -> Vec<String> {
    column["items"].as_array().unwrap().iter().map(|card| card["title"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn cards_can_be_moved_within_and_between_columns() {
    let team = Team::start(&json!({"in_progress": 5})).await;
    let [a, b, c, d] = team.cards(&["a", "b", "c", "d"]).await.try_into().unwrap();
    assert_eq!(team.titles(0).await, ["a", "b", "c", "d"]);
    team.place(&d, "open", Some(&a), Some(&b)).await;
    assert_eq!(team.titles(0).await, ["a", "d", "b", "c"]);
    team.place(&c, "open", None, Some(&a)).await;
    assert_eq!(team.titles(0).await, ["c", "a", "d", "b"]);
    team.place(&c, "open", Some(&b), None).await;
    assert_eq!(team.titles(0).await, ["a", "d", "b", "c"]);
    let moved = team.place(&a, "in_progress", None, None).await;
    assert_eq!((&moved.json["status"], moved.etag().as_str()), (&json!("in_progress"), "\"2\""));
    assert_eq!(moved.json["started_at"], moved.json["status_since"]);
    let inner = team.place(&d, "in_progress", Some(&a), None).await;
    assert!(inner.json["rank"].as_str() > moved.json["rank"].as_str());
    let board = team.board("").await;
    let counts: Vec<u64> =
        board.json["columns"].as_array().unwrap().iter().map(|column| column["count"].as_u64().unwrap()).collect();
    assert_eq!(counts, [2, 2, 0, 0, 0]);
    assert_eq!(board.json["wip_limits"]["in_progress"], 5);
    let kept = team.board("?assignee_id=none&text=D").await;
    assert_eq!((titles(&kept.json["columns"][1]), titles(&kept.json["columns"][0]).len()), (vec!["d".to_owned()], 0));
    assert_eq!(kept.json["columns"][0]["count"], 2, "the count must ignore the filter");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_finished_card_is_first_in_done() {
    let team = Team::start(&json!({})).await;
    let [a, b, c] = team.cards(&["a", "b", "c"]).await.try_into().unwrap();
    for (id, status) in [(&b, "blocked"), (&a, "blocked"), (&c, "done"), (&a, "done"), (&b, "done")] {
        let version = team.get(id).await.json["version"].as_u64().unwrap();
        team.patch(&team.mia, id, version, json!({"status": status})).await.expect(200);
        if status == "blocked" && id == &a {
            assert_eq!(team.titles(2).await, ["b", "a"]);
        }
    }
    assert_eq!(team.titles(4).await, ["b", "a", "c"], "the most recently finished card comes first");
    team.create(json!({"title": "d", "status": "done"})).await;
    assert_eq!(team.titles(4).await, ["d", "b", "a", "c"]);
    team.place(&b, "done", None, None).await;
    assert_eq!(team.titles(4).await, ["d", "a", "c", "b"], "a manual move determines the position");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_column_can_be_paged() {
    let team = Team::start(&json!({})).await;
    let names = ["a", "b", "c", "d", "e"];
    team.cards(&names).await;
    let board = team.board("?limit=2").await;
    let mut seen = titles(&board.json["columns"][0]);
    let mut cursor = board.json["columns"][0]["next_cursor"].as_str().map(str::to_owned);
    while let Some(next) = cursor {
        let path = format!("{}/board/open?limit=2&cursor={next}", team.product);
        let column = team.steward.get(&path).by(&team.tom).send().await.expect(200);
        assert_eq!((&column.json["status"], &column.json["count"]), (&json!("open"), &json!(5)));
        seen.extend(titles(&column.json));
        cursor = column.json["next_cursor"].as_str().map(str::to_owned);
    }
    assert_eq!(seen, names);
    assert_eq!(board.json["columns"][1]["next_cursor"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_board_requests_are_refused() {
    let team = Team::start(&json!({})).await;
    team.cards(&["a", "b", "c", "d", "e"]).await;
    let get = |path: &str| team.steward.get(&format!("{}{path}", team.product)).by(&team.tom).send();
    get("/board/gone").await.problem(404, "not_found");
    get("/board?limit=1001").await.problem(400, "invalid_input");
    get("/board?cursor=x").await.problem(400, "invalid_input");
    get("/board/open?cursor=x").await.problem(400, "invalid_cursor");
    let board = team.board("?limit=2").await;
    let cursor = board.json["columns"][0]["next_cursor"].as_str().unwrap();
    get(&format!("/board/done?cursor={cursor}")).await.problem(400, "invalid_cursor");
    team.steward.get(&format!("{}/board", team.product)).by(&team.zoe).send().await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_concurrent_moves_wins() {
    let team = Team::start(&json!({})).await;
    let [a, ..] = team.cards(&["a", "b"]).await.try_into().map(|ids: [String; 2]| ids).unwrap();
    for round in 0..4_u64 {
        let (left, right) = if round % 2 == 0 { ("in_progress", "blocked") } else { ("in_review", "done") };
        let version = round + 1;
        let (one, two) = tokio::join!(
            team.send(&team.mia, &a, version, json!({"status": left})),
            team.send(&team.admin, &a, version, json!({"status": right}))
        );
        let (winner, loser) = if one.status == 200 { (one, two) } else { (two, one) };
        let moved = winner.expect(200);
        loser.problem(412, "stale_version");
        let board = team.board("").await;
        let places: Vec<&Value> = board.json["columns"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|column| titles(column).contains(&"a".to_owned()))
            .map(|column| &column["status"])
            .collect();
        assert_eq!(places, [&moved.json["status"]]);
        for column in board.json["columns"].as_array().unwrap() {
            assert_eq!(column["count"].as_u64(), Some(column["items"].as_array().unwrap().len() as u64));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_columns_last_place_goes_to_one_card() {
    let team = Team::start(&json!({"in_review": 2})).await;
    let ids = team.cards(&["a", "b", "c"]).await;
    team.place(&ids[0], "in_review", None, None).await;
    let moves = ids[1..].iter().map(|id| team.send(&team.mia, id, 1, json!({"status": "in_review"})));
    let answers = join_all(moves).await;
    let mut outcomes: Vec<(u16, &str)> = answers.iter().map(|answer| (answer.status.as_u16(), answer.code())).collect();
    outcomes.sort_unstable();
    assert_eq!(outcomes, [(200, ""), (409, "wip_limit_reached")]);
    assert_eq!((team.column("in_review").await, team.titles(3).await.len()), (2, 2));
    // Cards can still be reordered within a full column, and a card that leaves makes room for another.
    let full = team.titles(3).await;
    team.place(&ids[0], "in_review", None, None).await;
    assert_eq!(team.titles(3).await, [full[1].clone(), full[0].clone()]);
    team.place(&ids[0], "done", None, None).await;
    let left = ids[1..].iter().map(|id| team.get(id));
    let open = join_all(left).await.into_iter().find(|task| task.json["status"] == "open").unwrap();
    team.place(&open.id(), "in_review", None, None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_tolerates_missing_or_reordered_neighbours() {
    let team = Team::start(&json!({})).await;
    let [a, b, c, d] = team.cards(&["a", "b", "c", "d"]).await.try_into().unwrap();
    team.place(&b, "done", None, None).await;
    team.place(&d, "open", Some(&a), Some(&b)).await;
    assert_eq!(team.titles(0).await, ["a", "d", "c"], "below the neighbour that is still in the column");
    team.place(&a, "open", Some(&b), Some(&c)).await;
    assert_eq!(team.titles(0).await, ["d", "a", "c"], "above the neighbour that is still in the column");
    team.place(&d, "open", Some(&c), Some(&a)).await;
    assert_eq!(team.titles(0).await, ["a", "c", "d"], "the upper neighbour decides when the two have swapped places");
    let gone = kernel::id::new().to_string();
    team.place(&a, "open", Some(&b), Some(&gone)).await;
    assert_eq!(team.titles(0).await, ["c", "d", "a"], "without any neighbour, at the end");
    team.steward.delete(&team.task(&d)).by(&team.mia).if_match(3).send().await.expect(204);
    team.place(&c, "open", Some(&d), Some(&a)).await;
    assert_eq!(team.titles(0).await, ["c", "a"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_move_is_refused() {
    let team = Team::start(&json!({})).await;
    let [a, c] = team.cards(&["a", "c"]).await.try_into().unwrap();
    for wrong in [
        json!({"status": "open", "after_id": a}),
        json!({"status": "open", "after_id": c, "before_id": c}),
        json!({"status": "gone"}),
        json!({}),
        json!({"status": "open", "rank": "a0"}),
    ] {
        let refused = team.send(&team.mia, &a, 1, wrong).await;
        assert_eq!(refused.status, 422, "{}", refused.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_insertions_keep_ranks_short() {
    let team = Team::start(&json!({})).await;
    let ids = team.cards(&["top", "c1", "c2", "c3", "c4", "bottom"]).await;
    let mut versions = [1_u64; 6];
    let mut expected: Vec<usize> = vec![1, 2, 3, 4];
    for round in 0..1000 {
        // The last of the four moves directly below the top card, always between it and the card inserted before.
        let moving = expected.pop().unwrap();
        let to = json!({"status": "open", "after_id": ids[0], "before_id": ids[expected[0]]});
        let moved = team.send(&team.mia, &ids[moving], versions[moving], to).await.expect(200);
        versions[moving] += 1;
        expected.insert(0, moving);
        assert!(moved.json["rank"].as_str().unwrap().len() <= 60, "{round}: {}", moved.json["rank"]);
    }
    let wanted: Vec<String> = expected.iter().map(|at| format!("c{at}")).collect();
    let shown = team.titles(0).await;
    assert_eq!((&shown[0], &shown[1..5], &shown[5]), (&"top".to_owned(), &wanted[..], &"bottom".to_owned()));
    assert_eq!(team.get(&ids[5]).await.json["version"], 1, "rebalancing ranks must not change a task's version");
}

#[tokio::test(flavor = "multi_thread")]
async fn members_can_move_only_their_own_tasks() {
    let team = Team::start(&json!({})).await;
    let his = team.create(json!({"title": "His", "assignee_id": team.tom.id})).await.id();
    let hers = team.card("Hers").await;
    team.send(&team.tom, &his, 1, json!({"status": "in_progress"})).await.expect(200);
    for member in [&team.tom, &team.max] {
        team.send(member, &hers, 1, json!({"status": "in_progress"})).await.problem(403, "forbidden");
    }
    team.send(&team.zoe, &his, 2, json!({"status": "done"})).await.problem(404, "not_found");
    let path = format!("{}/move", team.task(&his));
    let to = json!({"status": "done"});
    team.steward.post(&path).by(&team.tom).json(&to).send().await.problem(428, "precondition_required");
    let repeated =
        || team.steward.post(&path).by(&team.tom).if_match(2).header("idempotency-key", "m").json(&to).send();
    let first = repeated().await.expect(200);
    assert_eq!(repeated().await.expect(200).json, first.json);
    assert_eq!(team.get(&his).await.json["version"], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn comments_are_counted_without_conflicting_with_edits() {
    let team = Team::start(&json!({})).await;
    let id = team.create(json!({"title": "X", "assignee_id": team.tom.id})).await.id();
    let path = format!("{}/comments", team.task(&id));
    let say = |person: &Person, body: Value| team.steward.post(&path).by(person).json(&body).send();
    let first = say(&team.tom, json!({"text": "Hello @mia", "mentions": [team.mia.id, team.mia.id]})).await.expect(201);
    assert_eq!((&first.json["mentions"], &first.json["version"]), (&json!([team.mia.id]), &json!(1)));
    let (texts, edit) = (0..4, json!({"title": "Y"}));
    let said = join_all(texts.map(|n| say(&team.max, json!({"text": format!("Text {n}")}))));
    let (said, edited) = tokio::join!(said, team.patch(&team.mia, &id, 1, edit));
    for answer in said {
        answer.expect(201);
    }
    assert_eq!(edited.expect(200).json["version"], 2);
    assert_eq!(team.get(&id).await.json["comment_count"], 5);
    let all = team.steward.all(&team.tom, &path, 2).await;
    assert_eq!((all.len(), &all[0]["text"]), (5, &json!("Hello @mia")));

    let one = format!("{path}/{}", first.id());
    let patch = json!({"text": "Hello", "mentions": []});
    let request = |person: &Person, version| team.steward.patch(&one).by(person).if_match(version).json(&patch).send();
    request(&team.mia, 1).await.problem(403, "forbidden");
    request(&team.zoe, 1).await.problem(404, "not_found");
    assert_eq!(request(&team.tom, 1).await.expect(200).json["version"], 2);
    request(&team.tom, 1).await.problem(412, "stale_version");
    let remove = |person: &Person, version| team.steward.delete(&one).by(person).if_match(version).send();
    remove(&team.max, 2).await.problem(403, "forbidden");
    remove(&team.mia, 2).await.expect(204);
    remove(&team.tom, 3).await.problem(404, "not_found");
    assert_eq!(team.get(&id).await.json["comment_count"], 4);
    assert_eq!(team.board("").await.json["columns"][0]["items"][0]["comment_count"], 4);

    for (field, wrong) in [
        ("mentions[0]", json!({"text": "Hi", "mentions": [team.zoe.id]})),
        ("text", json!({"text": ""})),
        ("text", json!({})),
        ("nick", json!({"text": "x", "nick": 1})),
    ] {
        assert_eq!(say(&team.mia, wrong).await.expect(422).fields(), [field]);
    }
    let other = team.card("Other").await;
    let elsewhere = team.steward.post(&format!("{}/comments", team.task(&other))).by(&team.tom);
    elsewhere.json(&json!({"text": "Not mine"})).send().await.problem(403, "forbidden");
    team.steward.delete(&team.task(&id)).by(&team.mia).if_match(2).send().await.expect(204);
    team.steward.get(&path).by(&team.mia).send().await.problem(404, "not_found");
    say(&team.mia, json!({"text": "Late"})).await.problem(404, "not_found");
    let verify = format!("/api/audit/verify?entity_type=comment&entity_id={}", first.id());
    let verified = team.steward.get(&verify).by(&team.admin).send().await.expect(200);
    assert_eq!((verified.json["valid"].as_bool(), verified.json["records"].as_u64()), (Some(true), Some(3)));
}

#[tokio::test(flavor = "multi_thread")]
async fn checklist_items_can_be_ticked_concurrently() {
    let team = Team::start(&json!({})).await;
    let steps: Vec<Value> = (0..3).map(|n| json!({"text": format!("Step {n}")})).collect();
    let made = team.create(json!({"title": "X", "assignee_id": team.tom.id, "checklist": steps})).await;
    let path = team.task(&made.id());
    let step = |at: usize| format!("{path}/checklist/{}", made.json["checklist"][at]["id"].as_str().unwrap());
    let tick = |person: &Person, step: String, done: bool| {
        team.steward.request("PUT", &step).by(person).json(&json!({"done": done})).send()
    };
    let ticks = (0..3).map(|at| tick(&team.tom, step(at), true));
    for answer in join_all(ticks).await {
        answer.expect(200);
    }
    let ticked = tick(&team.tom, step(1), false).await.expect(200);
    let done: Vec<bool> =
        ticked.json["checklist"].as_array().unwrap().iter().map(|step| step["done"].as_bool().unwrap()).collect();
    assert_eq!(done, [true, false, true]);
    tick(&team.max, step(0), false).await.problem(403, "forbidden");
    tick(&team.tom, format!("{path}/checklist/{}", kernel::id::new()), true).await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn members_can_watch_and_unwatch_a_task() {
    let team = Team::start(&json!({})).await;
    let made = team.create(json!({"title": "X", "assignee_id": team.tom.id})).await;
    let path = team.task(&made.id());
    let watch = |method: &'static str, person: &Person| {
        team.steward.request(method, &format!("{path}/watch")).by(person).send()
    };
    let watched = watch("PUT", &team.max).await.expect(200);
    assert_eq!(watched.json["watcher_ids"], json!([team.mia.id, team.tom.id, team.max.id]));
    assert_eq!(watch("PUT", &team.max).await.expect(200).json["version"], watched.json["version"]);
    let left = watch("DELETE", &team.mia).await.expect(200);
    assert_eq!(left.json["watcher_ids"], json!([team.tom.id, team.max.id]));
    watch("PUT", &team.zoe).await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_update_refuses_each_task_individually() {
    let team = Team::start(&json!({"in_progress": 2})).await;
    let ids = team.cards(&["a", "b", "c", "d"]).await;
    let his = team.create(json!({"title": "His", "assignee_id": team.tom.id})).await.id();
    let many = |person: &Person, body: Value| team.steward.patch(&team.tasks()).by(person).json(&body).send();
    let of = |ids: &[&String]| ids.iter().map(|id| json!({"id": id, "version": 1})).collect::<Vec<_>>();
    let gone = kernel::id::new().to_string();
    let named = of(&[&ids[0], &ids[1], &ids[2], &gone]);
    let answer = many(&team.mia, json!({"ids": named, "patch": {"status": "in_progress"}})).await.expect(200);
    let codes: Vec<&str> =
        answer.json["refused"].as_array().unwrap().iter().map(|refused| refused["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["wip_limit_reached", "not_found"]);
    assert_eq!(answer.json["updated"].as_array().unwrap().len(), 2);
    assert_eq!(team.titles(1).await, ["a", "b"], "in the order of the request");
    let labelled = json!({"ids": of(&[&ids[0], &ids[2], &ids[3]]), "patch": {"labels": ["x"], "priority": "high"}});
    let answer = many(&team.mia, labelled).await.expect(200);
    assert_eq!(answer.json["refused"][0]["code"], "stale_version");
    assert_eq!(answer.json["updated"][1]["labels"], json!(["x"]));
    let progress = json!({"ids": of(&[&his, &ids[1]]), "patch": {"status": "done"}});
    let answer = many(&team.tom, progress).await.expect(200);
    assert_eq!(
        (&answer.json["updated"][0]["status"], &answer.json["refused"][0]["code"]),
        (&json!("done"), &json!("forbidden"))
    );
    many(&team.zoe, json!({"ids": of(&[&his]), "patch": {}})).await.problem(404, "not_found");
    let twice = json!({"ids": of(&[&his, &his]), "patch": {}});
    let crowd: Vec<Value> = (0..101).map(|_| json!({"id": kernel::id::new(), "version": 1})).collect();
    for wrong in [twice, json!({"ids": [], "patch": {}}), json!({"ids": crowd, "patch": {}})] {
        assert_eq!(many(&team.mia, wrong).await.problem(422, "invalid_input").fields(), ["ids"]);
    }
}

#[tokio::test]
async fn saved_views_are_private() {
    let team = Team::start(&json!({})).await;
    let path = format!("{}/views", team.product);
    let new = json!({"name": "Urgent", "query": "priority=high"});
    let made = team.steward.post(&path).by(&team.tom).json(&new).send().await.expect(201);
    assert_eq!(team.steward.all(&team.tom, &path, 10).await, std::slice::from_ref(&made.json));
    assert!(team.steward.all(&team.mia, &path, 10).await.is_empty());
    let one = format!("{path}/{}", made.id());
    team.steward.delete(&one).by(&team.mia).send().await.problem(404, "not_found");
    team.steward.post(&path).by(&team.zoe).json(&new).send().await.problem(404, "not_found");
    team.steward.delete(&one).by(&team.tom).send().await.expect(204);
    assert!(team.steward.all(&team.tom, &path, 10).await.is_empty());
}
