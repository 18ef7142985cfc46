//! The cost of a key press: requests to the store and read units, measured in the store's own client.

#[path = "../../examples/capacity/meter.rs"]
#[allow(dead_code, reason = "the measurement uses more of it")]
pub mod meter;

use std::sync::Arc;

use kernel::policy::Role;

use super::{below, product};
use crate::support::{Person, Steward};

/// The requests and read units of a search.
async fn cost(steward: &Steward, meter: &meter::Meter, person: &Person, q: &str) -> (usize, f64) {
    meter.start();
    let call = steward.get(&format!("/api/search?q={q}")).by(person);
    meter::MEASURED.scope((), call.send()).await.expect(200);
    let cost = meter.stop();
    (cost.calls, cost.read)
}

#[tokio::test(flavor = "multi_thread")]
async fn search_costs_two_units_even_with_ten_products() {
    let counted = Arc::new(meter::Meter::default());
    let count = meter::Count(Arc::clone(&counted));
    let steward = Steward::start_with(Arc::new(move |config| config.interceptor(count.clone()))).await;
    let admin = steward.admin().await;
    let mia = steward.user(&admin, "mia", &[Role::Manager]).await;
    for number in 0..10 {
        let path = product(&steward, &mia, &format!("P{number}"), &format!("Test product {number} of ten")).await;
        for task in 0..6 {
            below(&steward, &mia, &path, "tasks", &format!("Test the thruster of engine number {task}")).await;
        }
    }
    let other = product(&steward, &admin, "BIG", "Everything else").await;
    for task in 0..30 {
        below(&steward, &admin, &other, "tasks", &format!("Vacuum seal {task}")).await;
    }
    steward.settle().await;
    // One query each for users (whom managers can find too), for all work, and for their own products; two words are looked up twice.
    // All are sent at the same time. Querying the products one by one would add ten more.
    for (q, words) in [("t", 1), ("te", 1), ("test", 1), ("thruster%20engine", 2), ("p3-2", 2), ("vac", 1)] {
        let (calls, read) = cost(&steward, &counted, &mia, q).await;
        let of_users = 0.5 * f64::from(words);
        assert!(calls <= 5 && read - of_users <= 2.0, "{q}: {calls} calls, {read} units");
        let (calls, read) = cost(&steward, &counted, &admin, q).await;
        // Investors and users in addition to products and work.
        assert!(calls <= 8 && read - 2.0 * of_users <= 2.0, "admin, {q}: {calls} calls, {read} units");
    }
}
