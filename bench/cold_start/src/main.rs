//! Measures a release function as a whole process: time from start to the first poll for an event, time to the first response, warm
//! invocations, memory and size, compared with a minimal `lambda_http` function and a minimal one that reads the store.
//!
//! `cold-start <folder of Steward's functions> <folder of the baseline functions>`. The functions run one after another under a small
//! runtime API, against an embedded DynamoDB and a KMS stub, all on this machine: network latency is not included.

mod aws;
mod events;
mod http;
mod runtime;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use flate2::{Compression, write::DeflateEncoder};
use serde_json::{Value, json};

use events::{event, expect};
use runtime::{ColdStart, Function};

const COLD_STARTS: usize = 31;
const WARM_INVOCATIONS: usize = 1_000;
const INVESTORS: usize = 50;

/// A row of the table: a binary and its request.
struct Scenario {
    name: &'static str,
    binary: PathBuf,
    event: Vec<u8>,
    status: u16,
}

struct Measured {
    cold: Vec<ColdStart>,
    warm: Vec<Duration>,
    resident_first: u64,
    resident_warm: u64,
    size: u64,
    zipped: u64,
}

fn main() -> io::Result<()> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(functions), Some(least)) = (arguments.next(), arguments.next()) else {
        return Err(io::Error::other("usage: cold-start <folder of the functions> <folder of the baselines>"));
    };
    let store = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let environment = environment(&aws::dynamodb(&store)?, &aws::kms()?);
    let (token, investor) = prepare(&functions, &environment)?;
    let token = Some(token.as_str());
    let scenarios = [
        Scenario {
            name: "hello (lambda_http only)",
            binary: least.join("hello"),
            event: event("GET", "/", None, None),
            status: 200,
        },
        Scenario {
            name: "reader (and one GetItem)",
            binary: least.join("reader"),
            event: event("GET", "/", None, None),
            status: 200,
        },
        Scenario {
            name: "docs: health_get",
            binary: functions.join("docs"),
            event: event("GET", "/api/health", None, None),
            status: 200,
        },
        Scenario {
            name: "investors: investor_get",
            binary: functions.join("investors"),
            event: event("GET", &format!("/api/investors/{investor}"), token, None),
            status: 200,
        },
        Scenario {
            name: "investors: investor_list of 50",
            binary: functions.join("investors"),
            event: event("GET", "/api/investors?limit=50", token, None),
            status: 200,
        },
        Scenario {
            name: "auth: me_get",
            binary: functions.join("auth"),
            event: event("GET", "/api/me", token, None),
            status: 200,
        },
        Scenario {
            name: "investors: investor_create",
            binary: functions.join("investors"),
            event: event(
                "POST",
                "/api/investors",
                token,
                Some(&json!({"name": "One more", "kind": "fund", "phone": "+41 44 668 18 00"})),
            ),
            status: 201,
        },
    ];
    let mut rows = Vec::new();
    for scenario in &scenarios {
        rows.push((scenario.name, measure(scenario, &environment)?));
    }
    print(&rows);
    Ok(())
}

fn environment(dynamodb: &str, kms: &str) -> Vec<(String, String)> {
    [
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "bench"),
        ("AWS_SECRET_ACCESS_KEY", "bench"),
        ("AWS_ENDPOINT_URL_DYNAMODB", dynamodb),
        ("AWS_ENDPOINT_URL_KMS", kms),
        ("TABLE_NAME", "steward"),
        ("KEYS_TABLE_NAME", "steward-keys"),
        ("KMS_KEY_ID", "arn:aws:kms:eu-central-1:123456789012:key/bench"),
        ("WEB_ORIGIN", "https://steward.example.com"),
        ("SETUP_TOKEN", "bench-set-up-token-of-some-length"),
        ("RUST_LOG", "warn"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

/// Sets up the stack through the functions themselves; returns an access token and an investor's id.
fn prepare(functions: &Path, environment: &[(String, String)]) -> io::Result<(String, String)> {
    let password = "a pass phrase for the bench";
    let auth = Function::start(&functions.join("auth"), environment)?;
    let admin = json!({"username": "ada", "name": "Ada", "email": "ada@example.com", "password": password,
        "setup_token": "bench-set-up-token-of-some-length"});
    let (_, answer) = auth.cold_start(&event("POST", "/api/setup", None, Some(&admin)))?;
    expect(201, &answer)?;
    let login = json!({"username": "ada", "password": password});
    let (_, answer) = auth.invoke(&event("POST", "/api/auth/login", None, Some(&login)))?;
    let token = string(&expect(200, &answer)?["access_token"])?;
    let investors = Function::start(&functions.join("investors"), environment)?;
    let mut id = String::new();
    for n in 0..INVESTORS {
        let investor = json!({"name": format!("Investor {n:03}"), "kind": "fund", "email": format!("i{n}@example.com"),
            "phone": "+41 44 668 18 00", "country": "CH", "tier": "gold", "tags": ["bench", "fintech"]});
        let created = event("POST", "/api/investors", Some(&token), Some(&investor));
        let answer = if n == 0 { investors.cold_start(&created)?.1 } else { investors.invoke(&created)?.1 };
        id = string(&expect(201, &answer)?["id"])?;
    }
    Ok((token, id))
}

fn string(value: &Value) -> io::Result<String> {
    value.as_str().map(str::to_owned).ok_or_else(|| io::Error::other(format!("not a string: {value}")))
}

fn measure(scenario: &Scenario, environment: &[(String, String)]) -> io::Result<Measured> {
    let mut cold = Vec::with_capacity(COLD_STARTS);
    for _ in 0..COLD_STARTS {
        let function = Function::start(&scenario.binary, environment)?;
        let (times, answer) = function.cold_start(&scenario.event)?;
        check(scenario, &answer)?;
        cold.push(times);
    }
    let function = Function::start(&scenario.binary, environment)?;
    function.cold_start(&scenario.event)?;
    let resident_first = function.resident()?;
    let mut warm = Vec::with_capacity(WARM_INVOCATIONS);
    for _ in 0..WARM_INVOCATIONS {
        let (time, answer) = function.invoke(&scenario.event)?;
        check(scenario, &answer)?;
        warm.push(time);
    }
    let binary = std::fs::read(&scenario.binary)?;
    let mut zipped = DeflateEncoder::new(Vec::new(), Compression::best());
    io::Write::write_all(&mut zipped, &binary)?;
    Ok(Measured {
        cold,
        warm,
        resident_first,
        resident_warm: function.resident()?,
        size: binary.len() as u64,
        zipped: zipped.finish()?.len() as u64,
    })
}

fn check(scenario: &Scenario, answer: &[u8]) -> io::Result<()> {
    expect(scenario.status, answer).map(|_| ()).map_err(|e| io::Error::other(format!("{}: {e}", scenario.name)))
}

/// The value at percentile `share` (0 to 1) of the times.
fn percentile(mut times: Vec<Duration>, share: f64) -> f64 {
    times.sort_unstable();
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let at = ((times.len() - 1) as f64 * share).round() as usize;
    times[at].as_secs_f64() * 1_000.0
}

fn print(rows: &[(&str, Measured)]) {
    println!("Times in milliseconds, medians of {COLD_STARTS} cold starts and {WARM_INVOCATIONS} warm invocations.\n");
    println!(
        "| function: operation | first /next | first response | × hello | × reader | warm p50 | warm p99 | MB after first | MB warm | MB binary | MB zipped |"
    );
    println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    let answer = |m: &Measured| percentile(m.cold.iter().map(|c| c.first_answer).collect(), 0.5);
    let yardstick = |row: usize| rows.get(row).map_or(1.0, |(_, measured)| answer(measured));
    #[allow(clippy::cast_precision_loss)]
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    for (name, measured) in rows {
        println!(
            "| {name} | {:.1} | {:.1} | {:.2} | {:.2} | {:.2} | {:.2} | {:.1} | {:.1} | {:.1} | {:.2} |",
            percentile(measured.cold.iter().map(|c| c.first_next).collect(), 0.5),
            answer(measured),
            answer(measured) / yardstick(0),
            answer(measured) / yardstick(1),
            percentile(measured.warm.clone(), 0.5),
            percentile(measured.warm.clone(), 0.99),
            megabytes(measured.resident_first),
            megabytes(measured.resident_warm),
            megabytes(measured.size),
            megabytes(measured.zipped),
        );
    }
}
