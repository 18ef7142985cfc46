//! Every route of the Products workspace × role × what someone has to do with the product: admins may do all; managers all to
//! what they own and below it; team members see the products that they belong to and change status, comments and checklist of
//! the tasks that are assigned to them.
//!
//! The tables below are that rule as the API shows it. A route that is in none of them fails the test.

mod world;

use std::collections::BTreeSet;

use kernel::policy::Role;

use crate::coverage;
use crate::support::Person;
use world::{Cast, TIES, Tie, World};

/// Who gets what, by [`Tie`]: `y` it is done (2xx), `n` it is forbidden (403), `0` it is not there for them (404). The task, its
/// comment and its file are the assignee's. Relationship managers and analysts get nothing (403), whatever their ties.
struct Right {
    admin: &'static str,
    manager: &'static str,
    team_member: &'static str,
}

const fn right(admin: &'static str, manager: &'static str, team_member: &'static str) -> Right {
    Right { admin, manager, team_member }
}

/// Lists over all products: everyone gets theirs, of which there may be none.
const LIST: Right = right("yyyyy", "yyyyy", "yyyyy");
/// Products are managers' to begin, and to take away as a list.
const BEGIN: Right = right("yyyyy", "yyyyy", "nnnnn");
/// The team reads.
const READ: Right = right("yyyyy", "yyy00", "yyy00");
/// The managers of a team take away.
const TAKE: Right = right("yyyyy", "yyy00", "nnnnn");
/// Who owns the product writes it and all below it.
const WRITE: Right = right("yyyyy", "ynn00", "nnnnn");
/// So does the assignee the status and the checklist of a task, whatever they are otherwise.
const PROGRESS: Right = right("yyyyy", "yny00", "nny00");
/// All else of a task is changed by who owns the product; whether the task is theirs is looked at first.
const EDIT: Right = right("yyyyy", "ynn00", "nnn00");
/// The managers of a team say something to any task, team members to their own.
const SAY: Right = right("yyyyy", "yyy00", "nny00");
/// What somebody said is changed by themselves…
const RESAY: Right = right("nnyyn", "nny00", "nny00");
/// … and taken back by themselves or by who owns the product.
const UNSAY: Right = right("yyyyy", "yny00", "nny00");

/// Every route with its right, in an order in which one person can take them all: what is deleted is not read afterwards. With
/// the body, where it is not the one of the table of all routes.
const ROWS: &[(&Right, &str, Option<&str>)] = &[
    (&LIST, "GET /api/products?limit=100", None),
    (&LIST, "GET /api/roadmap?limit=100", None),
    (&LIST, "GET /api/tasks", None),
    (&BEGIN, "GET /api/exports/products", None),
    (&BEGIN, "GET /api/exports/tasks", None),
    (&BEGIN, "POST /api/products", None),
    (&READ, "GET /api/products/{product_id}", None),
    (&READ, "GET /api/products/{product_id}/members", None),
    (&READ, "GET /api/products/{product_id}/analytics/cycle", None),
    (&READ, "GET /api/products/{product_id}/analytics/flow", None),
    (&READ, "GET /api/products/{product_id}/analytics/team", None),
    (&READ, "GET /api/products/{product_id}/assets", None),
    (&READ, "GET /api/products/{product_id}/assets/{asset_id}", None),
    (&READ, "GET /api/products/{product_id}/assets/{asset_id}/versions", None),
    (&READ, "POST /api/products/{product_id}/assets/{asset_id}/versions/1/download", None),
    (&READ, "GET /api/products/{product_id}/baselines", None),
    (&READ, "GET /api/products/{product_id}/baselines/{baseline_id}", None),
    (&READ, "GET /api/products/{product_id}/baselines/{baseline_id}/compare?with=now", None),
    (&READ, "GET /api/products/{product_id}/baselines/{baseline_id}/requirements", None),
    (&READ, "GET /api/products/{product_id}/board", None),
    (&READ, "GET /api/products/{product_id}/board/open", None),
    (&READ, "GET /api/products/{product_id}/milestones", None),
    (&READ, "GET /api/products/{product_id}/milestones/{milestone_id}", None),
    (&READ, "GET /api/products/{product_id}/requirements", None),
    (&READ, "GET /api/products/{product_id}/requirements/{requirement_id}", None),
    (&READ, "GET /api/products/{product_id}/requirements/{requirement_id}/compare?from=1&to=2", None),
    (&READ, "GET /api/products/{product_id}/requirements/{requirement_id}/versions", None),
    (&READ, "GET /api/products/{product_id}/requirements/{requirement_id}/versions/1", None),
    (&READ, "GET /api/products/{product_id}/rules", None),
    (&READ, "GET /api/products/{product_id}/tasks", None),
    (&READ, "GET /api/products/{product_id}/tasks/{task_id}", None),
    (&READ, "GET /api/products/{product_id}/tasks/{task_id}/attachments", None),
    (&READ, "POST /api/products/{product_id}/tasks/{task_id}/attachments/{attachment_id}/download", None),
    (&READ, "GET /api/products/{product_id}/tasks/{task_id}/comments", None),
    (&READ, "GET /api/products/{product_id}/views", None),
    (&READ, "GET /api/audit?entity_type=product&entity_id={product_id}", None),
    (&READ, "GET /api/audit?entity_type=task&entity_id={task_id}", None),
    (&READ, "GET /api/audit/verify?entity_type=requirement&entity_id={requirement_id}", None),
    (&TAKE, "GET /api/exports/products/{product_id}/assets", None),
    (&TAKE, "GET /api/exports/products/{product_id}/attachments", None),
    (&TAKE, "GET /api/exports/products/{product_id}/baselines", None),
    (&TAKE, "GET /api/exports/products/{product_id}/comments", None),
    (&TAKE, "GET /api/exports/products/{product_id}/members", None),
    (&TAKE, "GET /api/exports/products/{product_id}/milestones", None),
    (&TAKE, "GET /api/exports/products/{product_id}/requirements", None),
    (&TAKE, "GET /api/exports/products/{product_id}/requirements/{requirement_id}/versions", None),
    (&TAKE, "GET /api/exports/products/{product_id}/rules", None),
    (&TAKE, "GET /api/exports/products/{product_id}/tasks", None),
    (&TAKE, "GET /api/exports/products/{product_id}/views", None),
    (&TAKE, "GET /api/products/{product_id}/report", None),
    // Watching and saved views are everyone's own.
    (&READ, "PUT /api/products/{product_id}/tasks/{task_id}/watch", None),
    (&READ, "DELETE /api/products/{product_id}/tasks/{task_id}/watch", None),
    (&READ, "POST /api/products/{product_id}/views", None),
    (&READ, "DELETE /api/products/{product_id}/views/{view_id}", None),
    (&SAY, "POST /api/products/{product_id}/tasks/{task_id}/comments", None),
    (&SAY, "POST /api/products/{product_id}/tasks/{task_id}/attachments", None),
    (&RESAY, "PATCH /api/products/{product_id}/tasks/{task_id}/comments/{comment_id}", None),
    (&UNSAY, "DELETE /api/products/{product_id}/tasks/{task_id}/comments/{comment_id}", None),
    (&UNSAY, "DELETE /api/products/{product_id}/tasks/{task_id}/attachments/{attachment_id}", None),
    (&PROGRESS, "PATCH /api/products/{product_id}/tasks/{task_id}", Some(r#"{"status": "in_review"}"#)),
    (&PROGRESS, "PUT /api/products/{product_id}/tasks/{task_id}/checklist/{item_id}", None),
    (&PROGRESS, "PATCH /api/products/{product_id}/tasks/{task_id}", Some(r#"{"checklist": [{"text": "Ask"}]}"#)),
    (&PROGRESS, "POST /api/products/{product_id}/tasks/{task_id}/move", None),
    // Each task is refused for itself.
    (&PROGRESS, "PATCH /api/products/{product_id}/tasks", None),
    (&EDIT, "PATCH /api/products/{product_id}/tasks/{task_id}", Some(r#"{"title": "Weld"}"#)),
    (&EDIT, "PATCH /api/products/{product_id}/tasks/{task_id}", Some(r#"{"status": "open", "priority": "low"}"#)),
    (&WRITE, "POST /api/products/{product_id}/assets", None),
    (&WRITE, "POST /api/products/{product_id}/assets/{asset_id}/approve", None),
    (&WRITE, "PATCH /api/products/{product_id}/assets/{asset_id}", Some(r#"{"approval": "in_review"}"#)),
    (&WRITE, "POST /api/products/{product_id}/assets/{asset_id}/reject", None),
    (&WRITE, "POST /api/products/{product_id}/assets/{asset_id}/versions", None),
    (&WRITE, "POST /api/products/{product_id}/baselines", None),
    (&WRITE, "POST /api/products/{product_id}/milestones", None),
    (&WRITE, "PATCH /api/products/{product_id}/milestones/{milestone_id}", None),
    (&WRITE, "POST /api/products/{product_id}/requirements", None),
    (&WRITE, "PATCH /api/products/{product_id}/requirements/{requirement_id}", None),
    (&WRITE, "POST /api/products/{product_id}/requirements/{requirement_id}/restore", None),
    (&WRITE, "POST /api/products/{product_id}/rules", None),
    (&WRITE, "PATCH /api/products/{product_id}/rules/{rule_id}", None),
    (&WRITE, "POST /api/products/{product_id}/tasks", None),
    (
        &WRITE,
        "POST /api/imports",
        Some(r#"{"file_name": "a.csv", "size": 10, "kind": "tasks", "product_id": "{product_id}"}"#),
    ),
    (&WRITE, "PUT /api/products/{product_id}/members/{user_id}", None),
    (&WRITE, "DELETE /api/products/{product_id}/members/{user_id}", None),
    (&WRITE, "PATCH /api/products/{product_id}", None),
    (&WRITE, "DELETE /api/products/{product_id}/assets/{asset_id}", None),
    (&WRITE, "DELETE /api/products/{product_id}/baselines/{baseline_id}", None),
    (&WRITE, "DELETE /api/products/{product_id}/milestones/{milestone_id}", None),
    (&WRITE, "DELETE /api/products/{product_id}/requirements/{requirement_id}", None),
    (&WRITE, "DELETE /api/products/{product_id}/rules/{rule_id}", None),
    (&WRITE, "DELETE /api/products/{product_id}/tasks/{task_id}", None),
    (&WRITE, "DELETE /api/products/{product_id}", None),
    (&WRITE, "GET /api/products/{product_id}/deletion", None),
];

impl Right {
    fn answer(&self, role: Role, tie: Tie) -> u16 {
        let row = match role {
            Role::Admin => self.admin,
            Role::Manager => self.manager,
            Role::TeamMember => self.team_member,
            Role::RelationshipManager | Role::Analyst => "nnnnn",
        };
        match row.as_bytes()[tie as usize] {
            b'y' => 200,
            b'n' => 403,
            _ => 404,
        }
    }
}

/// The route of a row as the API's document has it: the last of the document's that fits.
fn route_of(row: &str, routes: &[String]) -> String {
    let plain = row.split('?').next().unwrap();
    let fits = |route: &str| {
        let (one, other) = (plain.split('/'), route.split('/'));
        one.clone().count() == other.clone().count()
            && one.zip(other).all(|(one, other)| one == other || (other.starts_with('{') && !one.starts_with('{')))
    };
    let exact = routes.iter().find(|route| *route == plain);
    exact.or_else(|| routes.iter().find(|route| fits(route))).unwrap_or_else(|| panic!("{row} is no route")).clone()
}

/// Of how many refusals the audit trail tells that someone got them.
async fn denials(cast: &Cast, person: &Person) -> usize {
    cast.steward.settle().await;
    let path = format!("/api/audit?entity_type=user&entity_id={}", person.id);
    let trail = cast.steward.all(&cast.admin, &path, 100).await;
    trail.iter().filter(|record| record["action"] == "denied").count()
}

/// All refusals to `person`, after each of which everything is as it was, then all that they may do. How many there were.
async fn try_all(world: &mut World<'_>, person: &Person, role: Role, tie: Tie) -> usize {
    let mut refused = 0;
    let before = world.state().await;
    for (right, row, body) in ROWS {
        let expected = right.answer(role, tie);
        if expected == 200 {
            continue;
        }
        let (status, answer) = world.call(person, row, *body).await;
        assert_eq!(status, expected, "{row} as {role:?}, {tie:?}: {}", answer.text);
        if !row.starts_with("GET") {
            let changed = world.changed(&before).await;
            assert!(changed.is_empty(), "{row} as {role:?}, {tie:?} was refused and changed {changed:?}");
        }
        refused += 1;
    }
    let reads = READ.answer(role, tie) == 200;
    for (_, row, body) in ROWS.iter().filter(|(right, ..)| right.answer(role, tie) == 200) {
        let (status, answer) = world.call(person, row, *body).await;
        assert_eq!(status, 200, "{row} as {role:?}, {tie:?}: {}", answer.text);
        if row.contains("limit=") {
            assert_eq!(answer.text.contains(&world.ids["product_id"]), reads, "{row} as {role:?}, {tie:?}");
        }
        if row.starts_with("POST") && row.ends_with("/views") {
            world.ids.insert("view_id", answer.id());
        }
    }
    refused
}

#[test]
fn every_route_of_the_products_has_a_row() {
    let routes = coverage::routes();
    let rows: BTreeSet<String> = ROWS.iter().map(|(_, row, _)| route_of(row, &routes)).collect();
    for route in routes.iter().filter(|route| coverage::is_of_products(route)) {
        assert!(rows.contains(route), "{route} is in no row of this test");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_route_of_the_products_answers_each_role_by_what_they_have_to_do_with_the_product() {
    let cast = Cast::start().await;
    let mut worlds = 0;
    for tie in TIES {
        let mut refused = 0;
        // Who may do nothing leaves the world to the next.
        for roles in
            [&[Role::RelationshipManager, Role::Analyst, Role::TeamMember][..], &[Role::Manager], &[Role::Admin]]
        {
            worlds += 1;
            let mut world = World::make(&cast, format!("P{worlds}"), tie).await;
            for role in roles {
                let person = cast.as_role(tie, *role).await;
                refused += try_all(&mut world, &person, *role, tie).await;
            }
        }
        assert_eq!(denials(&cast, cast.of(tie)).await, refused, "each refusal to {tie:?} is recorded");
    }
}

/// What can still be done with an archived product: it is read, watched over, opened again or deleted.
fn outlives_the_archive(row: &str) -> bool {
    row.starts_with("GET ")
        || row.ends_with("/download")
        || row.contains("/views")
        || ["POST /api/products", "PATCH /api/products/{product_id}", "DELETE /api/products/{product_id}"]
            .contains(&row)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archived_product_is_read_and_nothing_below_it_is_written() {
    let cast = Cast::start().await;
    let mut world = World::make(&cast, "OLD".into(), Tie::Assignee).await;
    let person = cast.as_role(Tie::Assignee, Role::Admin).await;
    let archived = Some(r#"{"status": "archived"}"#);
    assert_eq!(world.call(&person, "PATCH /api/products/{product_id}", archived).await.0, 200);
    let before = world.state().await;
    for (_, row, body) in ROWS {
        let lives = outlives_the_archive(row);
        if lives && !row.starts_with("GET ") {
            continue;
        }
        let (status, answer) = world.call(&person, row, *body).await;
        if *row == "GET /api/products/{product_id}/deletion" {
            answer.problem(404, "not_found");
        } else if lives {
            assert_eq!(status, 200, "{row}: {}", answer.text);
        } else {
            assert_eq!((status, answer.code()), (409, "state_conflict"), "{row}: {}", answer.text);
        }
    }
    assert!(world.changed(&before).await.is_empty());
    for (_, row, body) in ROWS.iter().filter(|(_, row, _)| outlives_the_archive(row) && !row.starts_with("GET ")) {
        // Given another name only, it would stay closed.
        let body = if row.starts_with("PATCH") { Some(r#"{"status": "on_hold"}"#) } else { *body };
        let (status, answer) = world.call(&person, row, body).await;
        assert_eq!(status, 200, "{row}: {}", answer.text);
        if row.ends_with("/views") {
            world.ids.insert("view_id", answer.id());
        }
    }
}
