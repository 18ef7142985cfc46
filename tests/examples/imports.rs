//! Prints how long an import of requirements takes, from the upload until every row is imported and until all effects are processed. `make
//! bench` runs it; the argument is the number of rows (10000).

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a measurement stops at the first surprise")]
#![allow(dead_code, reason = "the tests use more of the shared support")]

#[path = "../src/imports/hundreds.rs"]
mod hundreds;
#[path = "../src/support.rs"]
mod support;

use std::time::{Duration, Instant};

use hundreds::Run;
use support::Steward;

#[tokio::main]
async fn main() {
    let rows = std::env::args().nth(1).map_or(10_000, |rows| rows.parse().expect("a number of rows"));
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    println!("| {rows} requirements, 1% of them parents of the others | s | rows per second |");
    println!("|---|---|---|");
    let told = |what: &str, took: Duration| {
        #[allow(clippy::cast_precision_loss, reason = "rows are few")]
        let rate = rows as f64 / took.as_secs_f64();
        println!("| {what} | {:.1} | {rate:.0} |", took.as_secs_f64());
    };
    told("checked", Run::of(&steward, &admin, "CHK", rows, true).await.took);
    let imported = Run::of(&steward, &admin, "ORB", rows, false).await;
    told("imported", imported.took);
    imported.verify(&steward, &admin).await;
    let follows = Instant::now();
    steward.settle().await;
    told("then lists, search and figures", follows.elapsed());
}
