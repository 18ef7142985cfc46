//! Prints what each operation costs: round trips, capacity units, and Steward's overhead, at several table sizes. `make bench` runs it;
//! the arguments are the sizes (1000 100000).

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a measurement stops at the first surprise")]
#![allow(dead_code, reason = "the tests use more of the shared support")]

#[path = "capacity/meter.rs"]
mod meter;
#[path = "capacity/products.rs"]
mod products;
#[path = "capacity/seed.rs"]
mod seed;
#[path = "../src/support.rs"]
mod support;

use std::sync::Arc;
use std::time::Duration;

use kernel::policy::Role;
use meter::{Cost, Meter};
use serde_json::json;
use support::{Call, Person, Steward};
use tower::ServiceExt as _;

/// Number of times each operation is measured; medians are printed.
const TIMES: usize = 40;
/// Budget for Steward's overhead per request.
const OWN_SHARE: Duration = Duration::from_micros(300);

#[tokio::main]
async fn main() {
    let sizes: Vec<usize> = std::env::args().skip(1).filter_map(|size| size.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![1_000, 100_000] } else { sizes };
    let mut tables = Vec::new();
    for size in &sizes {
        eprintln!("measuring at {size} investors, tasks and requirements");
        tables.push(measure(*size).await);
    }
    println!(
        "| operation | budget | {} |",
        sizes.iter().map(|size| format!("at {size}")).collect::<Vec<_>>().join(" | ")
    );
    println!("|---|---|{}", "---|".repeat(sizes.len()));
    for (row, (name, budget, _)) in tables[0].iter().enumerate() {
        let cells: Vec<String> = tables.iter().map(|table| table[row].2.to_string()).collect();
        println!("| {name} | {budget} | {} |", cells.join(" | "));
    }
    println!("\nRound trips are sequential calls; concurrent calls count once. Overhead is the request's time");
    println!("without the store's, median of {TIMES}.\n");
    for (size, table) in sizes.iter().zip(&tables) {
        println!("{}", own_shares(*size, table));
    }
    let mut broken = false;
    for row in 0..tables[0].len() {
        let first = &tables[0][row].2;
        for table in &tables[1..] {
            if !table[row].2.same_cost(first) {
                println!("GROWS WITH THE TABLE: {}", table[row].0);
                broken = true;
            }
        }
    }
    std::process::exit(i32::from(broken));
}

/// How many operations stay within the overhead budget, and the median overhead.
fn own_shares(size: usize, table: &[Row]) -> String {
    let mut own: Vec<Duration> = table.iter().map(|(_, _, cost)| cost.own).collect();
    own.sort_unstable();
    let within = own.iter().filter(|own| **own < OWN_SHARE).count();
    let (middle, budget) = (own[own.len() / 2].as_micros(), OWN_SHARE.as_micros());
    format!("At {size}: overhead under {budget} µs in {within} of {} operations, median {middle} µs.", own.len())
}

type Row = (&'static str, &'static str, Cost);

async fn measure(size: usize) -> Vec<Row> {
    let meter = Arc::new(Meter::default());
    let counted = Arc::clone(&meter);
    let steward =
        Steward::start_with(Arc::new(move |config| config.interceptor(meter::Count(Arc::clone(&counted))))).await;
    let admin = steward.admin().await;
    let rita = steward.user(&admin, "rita", &[Role::RelationshipManager]).await;
    let first = steward.investor(&rita, "Zzz Measured").await;
    let base = format!("/api/investors/{}", first.id());
    let note = json!({"kind": "note", "occurred_at": "2026-11-20T10:00:00Z", "summary": "S", "details": "D"});
    for _ in 0..60 {
        steward.post(&format!("{base}/activities")).by(&admin).json(&note).send().await.expect(201);
    }
    steward.settle().await;
    seed::fill(&steward, &first.id(), size).await;
    steward.settle().await;
    let bench = Bench { steward: &steward, meter: &meter };
    let children = bench.children(&admin, &base).await;
    let mut rows = bench.reads(&admin, &rita, &base).await;
    rows.extend(children);
    rows.extend(bench.writes(&admin, &base, &note).await);
    rows.extend(bench.products(&admin, size).await);
    rows
}

struct Bench<'a> {
    steward: &'a Steward,
    meter: &'a Meter,
}

impl Bench<'_> {
    /// The median cost of a call; `call` creates a new one for each measurement.
    async fn cost<'c>(&self, mut call: impl FnMut(usize) -> Call<'c>) -> Cost {
        let mut costs = Vec::new();
        for turn in 0..TIMES {
            let (router, request) = call(turn).prepare();
            self.meter.start();
            // The whole body is available with the response.
            let answer = meter::MEASURED.scope((), router.oneshot(request)).await.unwrap();
            let cost = self.meter.stop();
            assert!(answer.status().is_success(), "{answer:?}");
            costs.push(cost);
            // Effects of the write must not be counted with the next call.
            self.steward.settle().await;
        }
        Cost::median(costs)
    }

    async fn reads(&self, admin: &Person, rita: &Person, base: &str) -> Vec<Row> {
        let get = async |person: &Person, path: &str| self.cost(|_| self.steward.get(path).by(person)).await;
        let list = "/api/investors?limit=50";
        let mine = format!("{list}&relationship_manager_id={}", rita.id);
        vec![
            ("investor_get", "1 read + 1 access record", get(admin, base).await),
            ("investor_list, 50 of all", "1 trip, 4 RCU", get(admin, list).await),
            ("investor_list, 50 of a tier", "1 trip, 4 RCU", get(admin, &format!("{list}&tier=prospect")).await),
            ("investor_list, 50 of a manager", "1 trip, 4 RCU", get(admin, &mine).await),
            ("investor_export, first 500", "2 reads + 1 access record", get(admin, "/api/exports/investors").await),
            ("timeline_list, first 25", "1 read + 1 access record", get(admin, &format!("{base}/timeline")).await),
            ("activity_list, first 25", "1 read + 1 access record", get(admin, &format!("{base}/activities")).await),
            ("notification_list", "1 trip", get(rita, "/api/notifications").await),
            ("me_get", "1 trip", get(admin, "/api/me").await),
            ("search_list, one letter", "1 trip, 4 RCU", get(admin, "/api/search?q=i").await),
            ("search_list, two words", "1 trip, 4 RCU", get(admin, "/api/search?q=investor%20000").await),
            ("analytics_portfolio", "1 trip", get(admin, "/api/analytics/portfolio").await),
            ("analytics_activity, 26 weeks", "1 trip", get(admin, "/api/analytics/activity").await),
            ("analytics_highlights", "1 trip", get(admin, "/api/analytics/highlights?month=2026-11-01").await),
            ("investor_analytics_get", "1 trip", get(admin, &format!("{base}/analytics")).await),
            ("duplicate_list", "2 trips", get(admin, &format!("{base}/duplicates")).await),
            ("merge_list", "1 trip", get(admin, &format!("{base}/merges")).await),
            ("holdings_get", "1 read + 1 access record", get(admin, &format!("{base}/holdings")).await),
            ("investment_list", "1 read + 1 access record", get(admin, &format!("{base}/investments")).await),
            ("document_list", "1 read + 1 access record", get(admin, &format!("{base}/documents")).await),
            ("reminder_list", "1 read + 1 access record", get(admin, &format!("{base}/reminders")).await),
            ("reminder_list_mine", "2 reads + 1 access record", get(admin, "/api/reminders").await),
        ]
    }

    /// Writes of records that belong to an investor, one of each before the reads are measured.
    async fn children(&self, admin: &Person, base: &str) -> Vec<Row> {
        let post = |path: String| self.steward.post(&path).by(admin);
        let money = json!({"amount": "1000000", "currency": "USD"});
        let investment = json!({
            "kind": "equity", "name": "Fund", "commitment": money, "invested_on": "2025-01-01", "status": "active",
        });
        let made = post(format!("{base}/investments")).json(&investment).send().await.expect(201);
        let flows = format!("{base}/investments/{}/cash_flows", made.id());
        let flow = json!({"kind": "contribution", "date": "2025-02-01", "amount": {"amount": "1", "currency": "USD"}});
        let reminder = json!({"message": "M", "due_local": "2037-03-28T09:00", "time_zone": "Europe/Zurich"});
        let file = json!({
            "file_name": "a.pdf", "content_type": "application/pdf", "size": 1_000_000, "sha256": "0".repeat(64),
        });
        let alike = json!({"name": "Zzz Measured", "phone": "+41 44 668 18 00", "email": "n1@example.com"});
        vec![
            ("investment_create", "1 trip", self.cost(|_| post(format!("{base}/investments")).json(&investment)).await),
            ("cash_flow_create", "2 trips", self.cost(|_| post(flows.clone()).json(&flow)).await),
            (
                "document_create, without the file",
                "1 trip",
                self.cost(|_| post(format!("{base}/documents")).json(&file)).await,
            ),
            ("reminder_create", "1 trip", self.cost(|_| post(format!("{base}/reminders")).json(&reminder)).await),
            ("duplicate_find", "2 trips", self.cost(|_| post("/api/investors/duplicates".into()).json(&alike)).await),
        ]
    }

    async fn writes(&self, admin: &Person, base: &str, note: &serde_json::Value) -> Vec<Row> {
        let new = |turn: usize| json!({"name": format!("New {turn}"), "kind": "fund", "email": format!("n{turn}@example.com")});
        let keyed = |turn: usize| json!({"name": format!("Keyed {turn}"), "kind": "fund"});
        let post = |path: &str| self.steward.post(path).by(admin);
        let created = self.cost(|turn| post("/api/investors").json(&new(turn))).await;
        let once = self
            .cost(|turn| post("/api/investors").header("idempotency-key", &format!("k{turn}")).json(&keyed(turn)))
            .await;
        let patched = self
            .cost(|turn| {
                let patch = json!({"notes": format!("note {turn}")});
                self.steward.patch(base).by(admin).if_match(turn + 1).json(&patch)
            })
            .await;
        let noted = self.cost(|_| post(&format!("{base}/activities")).json(note)).await;
        vec![
            ("investor_create", "1 trip", created),
            ("investor_create with Idempotency-Key", "1 trip", once),
            ("investor_update", "2 trips", patched),
            ("activity_create", "1 trip", noted),
        ]
    }
}
