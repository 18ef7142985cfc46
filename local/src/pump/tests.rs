use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use aws_lambda_events::event::streams::DynamoDbBatchItemFailure;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use tokio::runtime::Handle;

use super::*;
use crate::emulator::{self, Emulator};
use crate::folder::{DataLocation, Folder};
use crate::loopback;

const TABLE: &str = "steward";

/// An emulator with the main table, and everything a pump needs.
struct Rig {
    client: Client,
    stream: Arc<Stream>,
    journal: Arc<Journal>,
    written: WriteSignal,
    stop: watch::Sender<bool>,
    _emulator: Emulator,
    folder: Folder,
}

impl Rig {
    async fn new() -> Self {
        let folder = Folder::open(&DataLocation::Temporary).unwrap();
        let stop = watch::Sender::new(false);
        let emulator = Emulator::start(&folder, &Handle::current(), stop.subscribe()).await.unwrap();
        let written = watch::Sender::new(0);
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version_latest()
            .region(aws_sdk_dynamodb::config::Region::from_static("us-east-1"))
            .credentials_provider(aws_sdk_dynamodb::config::Credentials::new("a", "b", None, None, "test"))
            .http_client(loopback::client(Handle::current(), written.clone()).unwrap())
            .endpoint_url(emulator.endpoint());
        let client = Client::from_conf(config.build());
        let definition = platform::schema::main_table(TABLE).unwrap();
        emulator::ensure_table(&client, TABLE, definition, true).await.unwrap();
        let stream = Arc::new(Stream::open(emulator.database().clone(), &folder.database(), TABLE).unwrap());
        let journal = Arc::new(Journal::open(&folder.journal()).unwrap());
        Self { client, stream, journal, written, stop, _emulator: emulator, folder }
    }

    async fn put(&self, pk: &str, kind: &str) {
        put(&self.client, pk, kind).await;
    }

    fn pump(&self, consumers: Vec<Consumer>) -> Pump {
        let (stream, journal) = (Arc::clone(&self.stream), Arc::clone(&self.journal));
        Pump::start(stream, journal, consumers, &self.written, &self.stop.subscribe()).unwrap()
    }
}

async fn put(client: &Client, pk: &str, kind: &str) {
    let item = [("pk", pk), ("sk", "x"), ("type", kind)].map(|(n, v)| (n.to_owned(), AttributeValue::S(v.to_owned())));
    client.put_item().table_name(TABLE).set_item(Some(HashMap::from(item))).send().await.unwrap();
}

type Seen = Arc<Mutex<Vec<Vec<String>>>>;

fn keys(event: &Event) -> Vec<String> {
    let key = |item: &serde_dynamo::Item| match item.get("pk") {
        Some(serde_dynamo::AttributeValue::S(pk)) => pk.clone(),
        other => panic!("{other:?}"),
    };
    event.records.iter().map(|record| key(&record.change.keys)).collect()
}

fn consumer(
    name: &'static str,
    handle: impl Fn(Event) -> Result<DynamoDbEventResponse, lambda_runtime::Error> + Send + Sync + 'static,
) -> Consumer {
    Consumer {
        name,
        batch: 100,
        time_out: Duration::from_secs(5),
        pattern: None,
        handle: Arc::new(move |event| {
            let answer = handle(event);
            Box::pin(async move { answer })
        }),
    }
}

fn refuse(event: &Event, pk: &str) -> DynamoDbEventResponse {
    let mut response = DynamoDbEventResponse::default();
    if let Some(place) = keys(event).iter().position(|key| key == pk) {
        let mut failure = DynamoDbBatchItemFailure::default();
        failure.item_identifier.clone_from(&event.records[place].change.sequence_number);
        response.batch_item_failures.push(failure);
    }
    response
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_arrive_in_order_and_shaped_as_on_aws() {
    let rig = Rig::new().await;
    let seen = Seen::default();
    let (noted, client) = (Arc::clone(&seen), rig.client.clone());
    let mut first = consumer("first", |_| Ok(DynamoDbEventResponse::default()));
    first.handle = Arc::new(move |event| {
        let (noted, client) = (Arc::clone(&noted), client.clone());
        Box::pin(async move {
            noted.lock().unwrap().push(keys(&event));
            if keys(&event).contains(&"149".to_owned()) {
                put(&client, "follow-up", "t").await;
            }
            let record = &event.records[0];
            assert_eq!(record.event_name, "INSERT");
            assert_eq!(record.event_source.as_deref(), Some("aws:dynamodb"));
            assert!(record.event_source_arn.as_deref().unwrap().contains(":table/steward/stream/"));
            assert_eq!(record.change.new_image.get("type"), Some(&serde_dynamo::AttributeValue::S("t".to_owned())));
            assert!(record.change.old_image.is_empty());
            Ok(DynamoDbEventResponse::default())
        })
    });
    for number in 0..150 {
        rig.put(&number.to_string(), "t").await;
    }
    let pump = rig.pump(vec![first]);
    pump.drained().await.unwrap();
    let batches = seen.lock().unwrap().clone();
    assert!(batches.iter().all(|batch| batch.len() <= 100));
    let all: Vec<String> = batches.into_iter().flatten().collect();
    let expected: Vec<String> = (0..150).map(|n| n.to_string()).chain(["follow-up".to_owned()]).collect();
    assert_eq!(all, expected);
    // Records that all consumers have processed are deleted, except the last one.
    tokio::time::sleep(TRIM_INTERVAL * 3).await;
    assert_eq!(rig.stream.count().unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rejected_record_is_redelivered_independently() {
    let rig = Rig::new().await;
    let (calls, seen) = (Arc::new(AtomicUsize::new(0)), Seen::default());
    let (counted, noted) = (Arc::clone(&calls), Arc::clone(&seen));
    let shaky = consumer("shaky", move |event| {
        noted.lock().unwrap().push(keys(&event));
        let first = counted.fetch_add(1, Ordering::SeqCst) == 0;
        Ok(if first { refuse(&event, "b") } else { DynamoDbEventResponse::default() })
    });
    for key in ["a", "b", "c"] {
        rig.put(key, "t").await;
    }
    let pump = rig.pump(vec![shaky, consumer("steady", |_| Ok(DynamoDbEventResponse::default()))]);
    pump.drained().await.unwrap();
    assert_eq!(*seen.lock().unwrap(), [vec!["a", "b", "c"], vec!["b", "c"]]);
    assert!(rig.journal.dead_letters().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poison_record_becomes_a_dead_letter() {
    let rig = Rig::new().await;
    let healed = Arc::new(AtomicUsize::new(0));
    let (state, seen) = (Arc::clone(&healed), Seen::default());
    let noted = Arc::clone(&seen);
    let poisoned = consumer("poisoned", move |event| {
        assert!(state.load(Ordering::SeqCst) == 1 || !keys(&event).contains(&"5".to_owned()), "poison");
        noted.lock().unwrap().push(keys(&event));
        Ok(DynamoDbEventResponse::default())
    });
    for number in 0..10 {
        rig.put(&number.to_string(), "t").await;
    }
    let pump = rig.pump(vec![poisoned]);
    pump.drained().await.unwrap();
    let all: Vec<String> = seen.lock().unwrap().iter().flatten().cloned().collect();
    assert_eq!(all, ["0", "1", "2", "3", "4", "6", "7", "8", "9"]);
    let letters = rig.journal.dead_letters().unwrap();
    assert_eq!(letters.len(), 1);
    assert!(letters[0].reason.contains("panic"), "{}", letters[0].reason);
    assert!(pump.retry(&letters[0]).await.is_err());
    healed.store(1, Ordering::SeqCst);
    pump.retry(&letters[0]).await.unwrap();
    assert!(rig.journal.dead_letters().unwrap().is_empty());
    assert_eq!(seen.lock().unwrap().last().unwrap(), &["5"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_pump_resumes_at_the_stored_position() {
    let rig = Rig::new().await;
    let steady = || consumer("steady", |_| Ok(DynamoDbEventResponse::default()));
    rig.put("a", "t").await;
    let first = rig.pump(vec![steady()]);
    first.drained().await.unwrap();
    let position = rig.journal.position("steady").unwrap();
    rig.stop.send_replace(true);
    first.stopped().await;

    let folder = rig.folder.path().to_owned();
    assert!(folder.exists());
    let seen = Seen::default();
    let noted = Arc::clone(&seen);
    let again = consumer("steady", move |event| {
        noted.lock().unwrap().push(keys(&event));
        Ok(DynamoDbEventResponse::default())
    });
    let (stream, journal) = (Arc::clone(&rig.stream), Arc::clone(&rig.journal));
    let go = watch::Sender::new(false);
    let second = Pump::start(stream, journal, vec![again], &rig.written, &go.subscribe()).unwrap();
    second.drained().await.unwrap();
    assert_eq!((rig.journal.position("steady").unwrap(), seen.lock().unwrap().len()), (position, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_gets_only_matching_records_in_batches() {
    let rig = Rig::new().await;
    let seen = Seen::default();
    let noted = Arc::clone(&seen);
    let mut picky = consumer("picky", move |event| {
        noted.lock().unwrap().push(keys(&event));
        Ok(DynamoDbEventResponse::default())
    });
    picky.batch = 1;
    picky.pattern = Some(json!({"eventName": ["INSERT"], "dynamodb": {"NewImage": {"type": {"S": ["job"]}}}}));
    for (key, kind) in [("a", "t"), ("b", "job"), ("c", "t"), ("d", "job"), ("b", "job"), ("e", "t")] {
        rig.put(key, kind).await;
    }
    let pump = rig.pump(vec![picky]);
    pump.drained().await.unwrap();
    assert_eq!(*seen.lock().unwrap(), [vec!["b"], vec!["d"]]);
    assert!(pump.positions().unwrap()[0].caught_up);
}

/// Run it with `cargo test --workspace --lib -- --ignored --nocapture measured`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement that takes a minute"]
async fn measured_write_rate_and_latency() {
    for pumped in [true, false] {
        let rig = Rig::new().await;
        let handled = watch::Sender::new(0_usize);
        let count = handled.clone();
        let counting = consumer("counting", move |event| {
            count.send_modify(|n| *n += event.records.len());
            Ok(DynamoDbEventResponse::default())
        });
        let pump = pumped.then(|| rig.pump(vec![counting]));
        for thousand in 0..20 {
            let started = Instant::now();
            for number in 0..1_000 {
                rig.put(&format!("{thousand}-{number}"), "t").await;
            }
            let rate = 1_000.0 / started.elapsed().as_secs_f64();
            println!(
                "pumped {pumped}: {:>5} records, {rate:.0} writes/s, {} kept",
                (thousand + 1) * 1_000,
                rig.stream.count().unwrap()
            );
        }
        let Some(pump) = pump else { continue };
        pump.drained().await.unwrap();
        let mut waits = Vec::new();
        for number in 0..200 {
            let before = *handled.borrow();
            let started = Instant::now();
            rig.put(&format!("late-{number}"), "t").await;
            handled.subscribe().wait_for(|n| *n > before).await.unwrap();
            waits.push(started.elapsed());
        }
        waits.sort();
        println!("write to handled: p50 {:?}, p99 {:?}", waits[100], waits[198]);
    }
}
