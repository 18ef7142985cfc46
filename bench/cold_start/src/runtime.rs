//! A function process, and the Lambda runtime API that it polls.

use std::io::BufReader;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{fs, io, thread};

use crate::http;

const PATIENCE: Duration = Duration::from_secs(20);

/// A running function process.
pub struct Function {
    process: Child,
    started: Instant,
    polled: Receiver<Instant>,
    events: Option<Sender<Vec<u8>>>,
    answers: Receiver<(Instant, Vec<u8>)>,
}

/// Milestones of a cold start, measured from the start of the process.
#[derive(Clone, Copy)]
pub struct ColdStart {
    /// First request for an event.
    pub first_next: Duration,
    /// Response to that event, which was available immediately.
    pub first_answer: Duration,
}

impl Function {
    /// Starts `binary` with only `environment` in its environment.
    pub fn start(binary: &Path, environment: &[(String, String)]) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let (polled_sender, polled) = channel();
        let (events, event_receiver) = channel();
        let (answer_sender, answers) = channel();
        let event_receiver = Arc::new(Mutex::new(event_receiver));
        thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let (polled, events, answers) =
                    (polled_sender.clone(), Arc::clone(&event_receiver), answer_sender.clone());
                thread::spawn(move || serve(stream, &polled, &events, &answers));
            }
        });
        let mut command = Command::new(binary);
        command.env_clear().stdout(Stdio::null()).stderr(Stdio::inherit());
        command.env("AWS_LAMBDA_RUNTIME_API", address.to_string());
        for (name, value) in [
            ("AWS_LAMBDA_FUNCTION_NAME", "bench"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "bench"),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "bench"),
        ] {
            command.env(name, value);
        }
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        let started = Instant::now();
        let process = command.spawn()?;
        Ok(Self { process, started, polled, events: Some(events), answers })
    }

    /// Waits for the first poll, sends `event` immediately, and waits for the response.
    pub fn cold_start(&self, event: &[u8]) -> io::Result<(ColdStart, Vec<u8>)> {
        let polled = self.polled.recv_timeout(PATIENCE).map_err(io::Error::other)?;
        let (answered, body) = self.exchange(event)?;
        let since = |at: Instant| at.duration_since(self.started);
        Ok((ColdStart { first_next: since(polled), first_answer: since(answered) }, body))
    }

    /// Sends `event` and waits for the response; returns the elapsed time.
    pub fn invoke(&self, event: &[u8]) -> io::Result<(Duration, Vec<u8>)> {
        let sent = Instant::now();
        let (answered, body) = self.exchange(event)?;
        Ok((answered.duration_since(sent), body))
    }

    fn exchange(&self, event: &[u8]) -> io::Result<(Instant, Vec<u8>)> {
        let events = self.events.as_ref().ok_or_else(|| io::Error::other("the function has ended"))?;
        events.send(event.to_vec()).map_err(io::Error::other)?;
        self.answers.recv_timeout(PATIENCE).map_err(io::Error::other)
    }

    /// Current resident memory in bytes, as reported by the kernel.
    pub fn resident(&self) -> io::Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|value| value.trim().trim_end_matches(" kB").parse::<u64>().ok());
        kilobytes.map(|kilobytes| kilobytes * 1024).ok_or_else(|| io::Error::other("no VmRSS"))
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        self.events = None;
        // It may have exited by itself, which is fine.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Serves one connection of the function until it closes or no more events arrive.
fn serve(
    mut stream: TcpStream,
    polled: &Sender<Instant>,
    events: &Mutex<Receiver<Vec<u8>>>,
    answers: &Sender<(Instant, Vec<u8>)>,
) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    loop {
        let request = http::read(&mut reader).ok()??;
        let at = Instant::now();
        if request.first_line.starts_with("GET") {
            polled.send(at).ok()?;
            let event = events.lock().ok()?.recv().ok()?;
            let headers = [
                ("content-type", "application/json"),
                ("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd"),
                ("lambda-runtime-deadline-ms", "99999999999999"),
                ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-central-1:123456789012:function:bench"),
            ];
            http::write(&mut stream, "HTTP/1.1 200 OK", &headers, &event).ok()?;
        } else {
            answers.send((at, request.body)).ok()?;
            http::write(&mut stream, "HTTP/1.1 202 Accepted", &[], b"").ok()?;
        }
    }
}
