//! The local process, started and killed as a user might: acknowledged writes survive, and a failed start is explained in one
//! line.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aws_lc_rs::digest;
use serde_json::{Value, json};

use crate::support::{PASSWORD, binary};

fn command() -> Command {
    let mut command = Command::new(binary("local"));
    command.env_clear().env("DEMO", "0").env("PORT", "0").current_dir(env!("CARGO_MANIFEST_DIR").to_owned() + "/..");
    command
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("steward-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

/// A running local process.
struct Process {
    child: Child,
    address: String,
}

impl Process {
    fn start(data: &Path) -> Self {
        let mut child = command().env("DATA", data).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = loop {
            let line = lines.next().expect("the process ended before it printed its address").unwrap();
            if let Some((_, address)) = line.split_once("http://") {
                break address.trim().trim_end_matches('/').to_owned();
            }
        };
        // Later output must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn call(&self, method: &str, path: &str, token: &str, body: &Value) -> Option<(u16, Value)> {
        call(&self.address, method, path, token, body)
    }
}

/// Sends one HTTP request over its own connection; `None` if the server is gone.
fn call(address: &str, method: &str, path: &str, token: &str, body: &Value) -> Option<(u16, Value)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         authorization: Bearer {token}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, text) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, serde_json::from_str(text).unwrap_or(Value::Null)))
}

fn sign_in(process: &Process) -> String {
    let login = json!({"username": "admin", "password": PASSWORD});
    let (status, answer) = process.call("POST", "/api/auth/login", "", &login).unwrap();
    assert_eq!(status, 200, "{answer}");
    answer["access_token"].as_str().unwrap().to_owned()
}

/// Creates investors from several threads until the process is killed; returns the ids of those that were acknowledged.
fn write_until_killed(process: &Process, token: &str, round: usize) -> Vec<String> {
    let stop = Arc::new(AtomicBool::new(false));
    let acknowledged = Arc::new(Mutex::new(Vec::new()));
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let (stop, acknowledged) = (Arc::clone(&stop), Arc::clone(&acknowledged));
            let (address, token) = (process.address.clone(), token.to_owned());
            std::thread::spawn(move || {
                for n in 0.. {
                    if stop.load(Ordering::SeqCst) {
                        return;
                    }
                    let name = format!("{round} {writer} {n}");
                    let body = json!({"name": name, "kind": "fund", "external_key": name});
                    match call(&address, "POST", "/api/investors", &token, &body) {
                        Some((201, answer)) => {
                            acknowledged.lock().unwrap().push(answer["id"].as_str().unwrap().to_owned());
                        }
                        Some((status, answer)) => panic!("{status} {answer}"),
                        None => return,
                    }
                }
            })
        })
        .collect();
    std::thread::sleep(Duration::from_millis(700));
    let killed = Command::new("kill").args(["-9", &process.child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    stop.store(true, Ordering::SeqCst);
    for writer in writers {
        writer.join().unwrap();
    }
    Arc::try_unwrap(acknowledged).unwrap().into_inner().unwrap()
}

#[test]
fn a_kill_during_writes_loses_nothing_acknowledged() {
    let data = folder("kill");
    let mut process = Process::start(&data);
    let setup = json!({"username": "admin", "name": "Ada", "email": "ada@example.com", "password": PASSWORD});
    assert_eq!(process.call("POST", "/api/setup", "", &setup).unwrap().0, 201);
    let mut acknowledged = Vec::new();
    for round in 0..3 {
        let token = sign_in(&process);
        let more = write_until_killed(&process, &token, round);
        assert!(!more.is_empty(), "no write was acknowledged before the kill");
        acknowledged.extend(more);
        process.kill();
        process = Process::start(&data);
    }
    let token = sign_in(&process);
    for (n, id) in acknowledged.iter().enumerate() {
        let (status, answer) = process.call("GET", &format!("/api/investors/{id}"), &token, &Value::Null).unwrap();
        assert_eq!(status, 200, "{id} is lost: {answer}");
        if n.is_multiple_of(10) {
            let path = format!("/api/audit/verify?entity_type=investor&entity_id={id}");
            let (_, verdict) = process.call("GET", &path, &token, &Value::Null).unwrap();
            assert_eq!(verdict["valid"], true, "{verdict}");
        }
    }
    process.kill();
    std::fs::remove_dir_all(data).unwrap();
}

/// The file of document `n`, and the request that announces it. Large enough that checking it takes a moment.
fn file(n: usize) -> (Vec<u8>, Value) {
    let bytes = format!("document {n}\n").repeat(40_000).into_bytes();
    let hash = digest::digest(&digest::SHA256, &bytes);
    let hex: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let name = format!("{n}.txt");
    let new = json!({"file_name": name, "content_type": "text/plain", "size": bytes.len(), "sha256": hex});
    (bytes, new)
}

/// Uploads a file to its signed URL; returns whether the store acknowledged it.
fn put(upload: &Value, bytes: &[u8]) -> bool {
    let url: http::Uri = upload["url"].as_str().unwrap().parse().unwrap();
    let address = url.authority().unwrap().as_str();
    let mut head =
        format!("PUT {} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n", url.path_and_query().unwrap());
    for (name, value) in upload["headers"].as_object().unwrap() {
        head = format!("{head}{name}: {}\r\n", value.as_str().unwrap());
    }
    head = format!("{head}content-length: {}\r\n", bytes.len());
    let mut answer = Vec::new();
    let sent = TcpStream::connect(address).and_then(|mut stream| {
        stream.write_all(format!("{head}\r\n").as_bytes())?;
        stream.write_all(bytes)?;
        stream.read_to_end(&mut answer)
    });
    sent.is_ok() && answer.starts_with(b"HTTP/1.1 200")
}

/// Whether the bucket of a stopped process contains a file that has not been checked yet.
fn waits(data: &Path) -> bool {
    fn any(folder: &Path) -> bool {
        let Ok(entries) = std::fs::read_dir(folder) else { return false };
        entries.flatten().any(|entry| entry.path().is_file() || any(&entry.path()))
    }
    any(&data.join("objects/steward-uploads/pending"))
}

/// Uploads files one after another from two threads until the process is killed; returns the paths of the documents whose files
/// were acknowledged.
fn upload_until_killed(process: &Process, token: &str, investor: &str) -> Vec<String> {
    let documents = format!("/api/investors/{investor}/documents");
    let created: Vec<_> = (0..24)
        .map(|n| {
            let (bytes, new) = file(n);
            let (status, answer) = process.call("POST", &documents, token, &new).unwrap();
            assert_eq!(status, 201, "{answer}");
            (bytes, answer)
        })
        .collect();
    let acknowledged = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        let (acknowledged, documents) = (&acknowledged, &documents);
        for half in created.chunks(12) {
            scope.spawn(move || {
                for (bytes, answer) in half {
                    if put(&answer["upload"], bytes) {
                        let id = answer["document"]["id"].as_str().unwrap();
                        acknowledged.lock().unwrap().push(format!("{documents}/{id}"));
                    }
                }
            });
        }
        let began = Instant::now();
        while acknowledged.lock().unwrap().len() < 4 && began.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(1));
        }
        let killed = Command::new("kill").args(["-9", &process.child.id().to_string()]).status().unwrap();
        assert!(killed.success());
    });
    acknowledged.into_inner().unwrap()
}

#[test]
fn a_kill_before_the_upload_event_loses_no_file() {
    let data = folder("uploads");
    let mut process = Process::start(&data);
    let setup = json!({"username": "admin", "name": "Ada", "email": "ada@example.com", "password": PASSWORD});
    assert_eq!(process.call("POST", "/api/setup", "", &setup).unwrap().0, 201);
    let new = json!({"name": "Acme", "kind": "fund"});
    let token = sign_in(&process);
    let investor = process.call("POST", "/api/investors", &token, &new).unwrap().1["id"].as_str().unwrap().to_owned();
    let mut acknowledged = Vec::new();
    let mut caught = false;
    // Repeat until a kill leaves behind a file that was uploaded but not checked.
    for _ in 0..8 {
        let token = sign_in(&process);
        acknowledged.extend(upload_until_killed(&process, &token, &investor));
        process.kill();
        caught = waits(&data);
        process = Process::start(&data);
        if caught {
            break;
        }
    }
    assert!(caught, "no kill happened between an upload and its event");
    let token = sign_in(&process);
    let began = Instant::now();
    for path in &acknowledged {
        loop {
            let (status, answer) = process.call("GET", path, &token, &Value::Null).unwrap();
            assert_eq!(status, 200, "{path} is lost: {answer}");
            if answer["document"]["status"] == "available" {
                break;
            }
            assert!(began.elapsed() < Duration::from_secs(30), "{path} is not released: {answer}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    process.kill();
    assert!(!waits(&data), "a released file must not stay pending");
    std::fs::remove_dir_all(data).unwrap();
}

/// The error output of a start that fails; it must be one line on standard error, with exit status 1.
fn refusal(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.trim().lines().count(), 1, "{said}");
    said
}

#[test]
fn a_taken_port_is_reported() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let data = folder("refused");
    let said = refusal(command().env("DATA", &data).env("PORT", &port));
    assert!(said.contains(&port) && said.contains("PORT"), "{said}");
    let _ = std::fs::remove_dir_all(data);
}

#[test]
fn an_invalid_port_is_reported() {
    let data = folder("port");
    let said = refusal(command().env("DATA", &data).env("PORT", "many"));
    assert!(said.contains("PORT"), "{said}");
    let _ = std::fs::remove_dir_all(data);
}

#[test]
fn an_unusable_data_folder_is_reported() {
    let file = folder("file");
    std::fs::write(&file, "in the way").unwrap();
    let said = refusal(command().env("DATA", file.join("data")));
    assert!(said.contains("DATA"), "{said}");
    std::fs::remove_file(file).unwrap();
}

#[test]
fn a_data_folder_in_use_is_reported() {
    let data = folder("in-use");
    let first = Process::start(&data);
    let said = refusal(command().env("DATA", &data));
    assert!(said.contains("DATA"), "{said}");
    first.kill();
    let _ = std::fs::remove_dir_all(data);
}
