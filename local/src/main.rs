//! `local`: runs Steward in one process. `local openapi` prints the API document instead, `local routes FILE` a file with its
//! generated routes.

use std::convert::Infallible;
use std::io::Write as _;
use std::process::ExitCode;

use local::demo::{self, Demo, SignIn};
use local::settings::Settings;
use local::{Data, Problem, Stack, StackOptions, api, routes, web};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Default log filter if `RUST_LOG` is not set; the emulators log every refused request, which is noise.
const QUIET: &str = "warn,dynoxide=error,s3s=off";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let result = match std::env::args().nth(1).as_deref() {
        None => run().await.map_err(|problem| problem.to_string()),
        Some("openapi") => print_document(),
        Some("routes") => print_routes(std::env::args().nth(2).as_deref()),
        Some(other) => Err(format!("unknown command {other}: run `local`, `local openapi` or `local routes FILE`")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(line) => {
            eprintln!("steward: {line}");
            ExitCode::FAILURE
        }
    }
}

fn print_document() -> Result<(), String> {
    let document = api::openapi().to_pretty_json().map_err(|e| e.to_string())?;
    writeln!(std::io::stdout(), "{document}").map_err(|e| e.to_string())
}

/// Prints `template.yaml` or `Cargo.toml` with the routes that follow from the code.
fn print_routes(file: Option<&str>) -> Result<(), String> {
    let (file, written): (_, fn(&str) -> Result<String, String>) = match file {
        Some(file @ "template.yaml") => (file, routes::in_template),
        Some(file @ "Cargo.toml") => (file, routes::in_manifest),
        _ => return Err("there are routes in template.yaml and in Cargo.toml: name one of them".to_owned()),
    };
    let text = std::fs::read_to_string(file).map_err(|e| format!("{file}: {e}"))?;
    let text = written(&text).map_err(|e| format!("{file}: {e}"))?;
    write!(std::io::stdout(), "{text}").map_err(|e| e.to_string())
}

async fn run() -> Result<(), Problem> {
    let settings = Settings::read(|name| std::env::var(name).ok())?;
    let filter = std::env::var("RUST_LOG").unwrap_or_else(|_| QUIET.to_owned());
    let filter: Targets = filter
        .parse()
        .map_err(|_| Problem::Part { part: "logging", cause: format!("RUST_LOG={filter} is not a valid filter") })?;
    let lines = tracing_subscriber::fmt::layer().json().with_writer(std::io::stderr);
    tracing_subscriber::registry().with(filter).with(lines).init();
    // Installed before anything starts, so that a signal always stops the process instead of killing it.
    let signals = |kind| signal(kind).map_err(|e| Problem::Part { part: "signal handling", cause: e.to_string() });
    let (mut interrupt, mut terminate) = (signals(SignalKind::interrupt())?, signals(SignalKind::terminate())?);
    let stack = Stack::start(StackOptions {
        data: Data::At(settings.data.clone()),
        host: settings.host,
        port: settings.port,
        web: Some(web::dist()),
        schedules: true,
        ..StackOptions::default()
    })
    .await?;
    if !settings.host.is_loopback() && demo::is_loaded(&stack)? {
        return Err(Problem::demo_in_public(settings.host));
    }
    let demo = if settings.demo { demo::load(&stack).await? } else { None };
    println!("{}", banner(&stack, demo.as_ref()));
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        never = finish(demo) => match never {},
    }
    stack.stop().await;
    Ok(())
}

/// Loads the rest of the demo in the background; never returns.
async fn finish(demo: Option<Demo<'_>>) -> Infallible {
    if let Some(demo) = demo.filter(Demo::is_unfinished) {
        match demo.finish().await {
            Ok(()) => println!("The demo company is fully loaded."),
            Err(problem) => eprintln!("steward: {problem}; loading continues at the next start"),
        }
    }
    std::future::pending().await
}

/// What a new user needs to know.
fn banner(stack: &Stack, demo: Option<&Demo<'_>>) -> String {
    let url = stack.base_url();
    let mut lines = vec![format!("Steward is running at {url}")];
    let mut line = |name: &str, text: &str| lines.push(format!("  {name:<13}{text}"));
    if let Some(demo) = demo {
        let SignIn { username, others, password } = demo.sign_in;
        line("sign in", &format!("{username} / {password}"));
        line("", &format!("or as {}, with the same password", others.join(", ")));
        if demo.is_unfinished() {
            line("demo", "two years of history load within the next two minutes");
        }
    }
    if let Some(token) = stack.setup_token() {
        line("set-up token", token);
    }
    line("data", &stack.data().display().to_string());
    line("inside", &format!("{url}/_local"));
    line("stop", "Ctrl-C");
    lines.join("\n")
}
