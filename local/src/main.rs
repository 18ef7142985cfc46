//! `local`: runs Steward in one process. `local openapi` prints the API document instead, `local routes FILE` a file with its
//! generated routes. `local rotate KEY` rotates a key of a Steward that is not running.

use std::convert::Infallible;
use std::io::{self, Write as _};
use std::process::ExitCode;

use local::demo::{self, Demo, DemoError, SignIn};
use local::routes::{self, NoMarks};
use local::settings::{InvalidSetting, Settings};
use local::{DataLocation, Stack, StackOptions, StartError, api, web};
use platform::keys::Purpose;
use platform::rotation::{Limits, Request};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::filter::{ParseError, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Default log filter if `RUST_LOG` is not set; the emulators log every refused request, which is noise.
const QUIET: &str = "warn,dynoxide=error,s3s=off";

/// Why `local` ends with an error, as one line that ends with what to do about it.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("unknown command {0}: run `local`, `local openapi`, `local routes FILE` or `local rotate KEY`")]
    UnknownCommand(String),
    #[error("cannot write the API document as JSON: {0}; report this")]
    Document(#[from] serde_json::Error),
    #[error("cannot print the output: {0}; check where it goes")]
    Output(#[source] io::Error),
    #[error("there are routes in template.yaml and in Cargo.toml: name one of them")]
    NoRoutesFile,
    #[error("there are three keys to rotate, root, token-signing and local.key: name one of them")]
    NoKey,
    #[error("the key was not rotated: {}; try again, or report this", kernel::error::chain(.0))]
    Rotation(#[from] kernel::Error),
    #[error("cannot read {file}: {source}; run this in the project's folder")]
    Read { file: String, source: io::Error },
    #[error("{file}: {source}; restore them from the repository")]
    Routes { file: String, source: NoMarks },
    #[error("RUST_LOG={filter} is not a valid filter: {source}; use levels such as `warn` or `local=debug`")]
    LogFilter { filter: String, source: ParseError },
    #[error("cannot handle signals: {0}; report this")]
    Signals(#[source] io::Error),
    #[error(transparent)]
    Setting(#[from] InvalidSetting),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("the demo company did not load: {}; move the data folder away to start from scratch, or report this", kernel::error::chain(.0))]
    Demo(#[from] DemoError),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let result = match std::env::args().nth(1) {
        None => run().await,
        Some(command) if command == "openapi" => print_document(),
        Some(command) if command == "routes" => print_routes(std::env::args().nth(2)),
        Some(command) if command == "rotate" => rotate(std::env::args().nth(2)).await,
        Some(command) => Err(Failure::UnknownCommand(command)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("steward: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn print_document() -> Result<(), Failure> {
    let document = api::openapi().to_pretty_json()?;
    writeln!(io::stdout(), "{document}").map_err(Failure::Output)
}

/// Prints `template.yaml` or `Cargo.toml` with the routes that follow from the code.
fn print_routes(file: Option<String>) -> Result<(), Failure> {
    let file = file.ok_or(Failure::NoRoutesFile)?;
    let written: fn(&str) -> Result<String, NoMarks> = match file.as_str() {
        "template.yaml" => routes::in_template,
        "Cargo.toml" => routes::in_manifest,
        _ => return Err(Failure::NoRoutesFile),
    };
    let text = std::fs::read_to_string(&file).map_err(|source| Failure::Read { file: file.clone(), source })?;
    let text = written(&text).map_err(|source| Failure::Routes { file, source })?;
    write!(io::stdout(), "{text}").map_err(Failure::Output)
}

/// Rotates a key in the data folder, which must not be in use.
async fn rotate(key: Option<String>) -> Result<(), Failure> {
    let key = key.ok_or(Failure::NoKey)?;
    let purpose = Purpose::read(&key);
    if purpose.is_none() && key != "local.key" {
        return Err(Failure::NoKey);
    }
    let settings = Settings::read(|name| std::env::var(name).ok())?;
    let stack = Stack::start(StackOptions { data: DataLocation::At(settings.data), ..StackOptions::default() }).await?;
    let Some(purpose) = purpose else { return Ok(stack.change_local_key().await?) };
    let request = Request { rotate: Some(purpose) };
    let mut report = rotate_keys::handle(stack.app(), request, &Limits::default()).await?;
    while report.left {
        report = rotate_keys::handle(stack.app(), Request::default(), &Limits::default()).await?;
    }
    stack.stop().await;
    let report = serde_json::to_string(&report)?;
    writeln!(io::stdout(), "{report}").map_err(Failure::Output)
}

async fn run() -> Result<(), Failure> {
    let settings = Settings::read(|name| std::env::var(name).ok())?;
    let filter = std::env::var("RUST_LOG").unwrap_or_else(|_| QUIET.to_owned());
    let targets: Targets = filter.parse().map_err(|source| Failure::LogFilter { filter, source })?;
    let lines = tracing_subscriber::fmt::layer().json().with_writer(io::stderr);
    tracing_subscriber::registry().with(targets).with(lines).init();
    // Installed before anything starts, so that a signal always stops the process instead of killing it.
    let signals = |kind| signal(kind).map_err(Failure::Signals);
    let (mut interrupt, mut terminate) = (signals(SignalKind::interrupt())?, signals(SignalKind::terminate())?);
    let stack = Stack::start(StackOptions {
        data: DataLocation::At(settings.data.clone()),
        host: settings.host,
        port: settings.port,
        web: Some(web::dist()),
        schedules: true,
        ..StackOptions::default()
    })
    .await?;
    if !settings.host.is_loopback() && demo::is_loaded(&stack)? {
        return Err(InvalidSetting::demo_in_public(settings.host).into());
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
            Err(error) => {
                let causes = kernel::error::chain(&error);
                eprintln!("steward: the demo company did not load: {causes}; loading continues at the next start");
            }
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
    line("data", &stack.data().display().to_string());
    line("inside", &format!("{url}/_local"));
    line("token", &format!("{} (for set-up and /_local from elsewhere)", stack.token()));
    line("stop", "Ctrl-C");
    lines.join("\n")
}
