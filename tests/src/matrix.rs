//! Every route of the Products workspace × role × relation to the product. Admins can do everything. Managers can do everything to
//! the products they own and everything below them. Team members see the products they belong to, and change the status, comments
//! and checklist of the tasks assigned to them.
//!
//! The tables below state that rule as the API applies it. A route missing from them fails the test.

mod state;
mod world;

use std::collections::BTreeSet;

use kernel::policy::Role;

use crate::coverage;
use crate::support::Person;
use world::{Cast, TIES, Tie, World};

/// The expected answers, one letter per [`Tie`]: `y` for success (2xx), `n` for forbidden (403), `0` for not found (404). The task,
/// its comment and its attachment belong to the assignee. Relationship managers and analysts always get 403, whatever their tie.
struct Right {
    admin: &'static str,
    manager: &'static str,
    team_member: &'static str,
}

const fn right(admin: &'static str, manager: &'static str, team_member: &'static str) -> Right {
    Right { admin, manager, team_member }
}

/// Lists across all products: everyone gets their own, which may be empty.
const LIST: Right = right("yyyyy", "yyyyy", "yyyyy");
/// Only managers create products and export the list of products.
const BEGIN: Right = right("yyyyy", "yyyyy", "nnnnn");
/// The whole team can read.
const READ: Right = right("yyyyy", "yyy00", "yyy00");
/// The managers in the team can export.
const TAKE: Right = right("yyyyy", "yyy00", "nnnnn");
/// The product's owner can change the product and everything below it.
const WRITE: Right = right("yyyyy", "ynn00", "nnnnn");
/// The assignee can also change a task's status and checklist, whatever their other relation to the product.
const PROGRESS: Right = right("yyyyy", "yny00", "nny00");
/// All other fields of a task can be changed only by the product's owner. Whether the caller is the assignee is checked first.
const EDIT: Right = right("yyyyy", "ynn00", "nnn00");
/// The managers in the team can comment on and attach files to any task, team members only to their own.
const SAY: Right = right("yyyyy", "yyy00", "nny00");
/// A comment can be edited only by its author.
const RESAY: Right = right("nnyyn", "nny00", "nny00");
/// Comments and attachments can be deleted by their author or by the product's owner.
const UNSAY: Right = right("yyyyy", "yny00", "nny00");

/// Every route with its right, in an order in which one person can call them all: nothing is read after it was deleted. The body is
/// given where it differs from the one in the table of all routes.
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
    // Watching and saved views belong to each user.
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
    // Each task is refused individually.
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

/// The route of a row as the API document spells it: an exact match, or else the first pattern that fits.
fn route_of(row: &str, routes: &[String]) -> String {
    let plain = row.split('?').next().unwrap();
    let fits = |route: &str| {
        let (one, other) = (plain.split('/'), route.split('/'));
        one.clone().count() == other.clone().count()
            && one.zip(other).all(|(one, other)| one == other || (other.starts_with('{') && !one.starts_with('{')))
    };
    let exact = routes.iter().find(|route| *route == plain);
    exact.or_else(|| routes.iter().find(|route| fits(route))).unwrap_or_else(|| panic!("{row} is not a route")).clone()
}

/// The number of refusals the audit trail records for a user.
async fn denials(cast: &Cast, person: &Person) -> usize {
    cast.steward.settle().await;
    let path = format!("/api/audit?entity_type=user&entity_id={}", person.id);
    let trail = cast.steward.all(&cast.admin, &path, 100).await;
    trail.iter().filter(|record| record["action"] == "denied").count()
}

/// Tries every call that must be refused and asserts that none changes anything, then every call that is allowed. Returns the number
/// of refusals.
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
fn every_product_route_has_a_row() {
    let routes = coverage::routes();
    let rows: BTreeSet<String> = ROWS.iter().map(|(_, row, _)| route_of(row, &routes)).collect();
    for route in routes.iter().filter(|route| coverage::is_of_products(route)) {
        assert!(rows.contains(route), "{route} has no row in this test");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_product_route_enforces_role_and_relation() {
    let cast = Cast::start().await;
    let mut worlds = 0;
    for tie in TIES {
        let mut refused = 0;
        // Roles that may change nothing leave the world intact for the next role.
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

/// What is still possible with an archived product: it can be read, saved views still work, and it can be reopened or deleted.
fn outlives_the_archive(row: &str) -> bool {
    row.starts_with("GET ")
        || row.ends_with("/download")
        || row.contains("/views")
        || ["POST /api/products", "PATCH /api/products/{product_id}", "DELETE /api/products/{product_id}"]
            .contains(&row)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archived_product_is_read_only() {
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
        // A change of the name alone would not reopen it.
        let body = if row.starts_with("PATCH") { Some(r#"{"status": "on_hold"}"#) } else { *body };
        let (status, answer) = world.call(&person, row, body).await;
        assert_eq!(status, 200, "{row}: {}", answer.text);
        if row.ends_with("/views") {
            world.ids.insert("view_id", answer.id());
        }
    }
}
