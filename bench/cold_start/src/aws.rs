//! The services that the functions call: an embedded DynamoDB with Steward's two tables, and a KMS stub.

use std::io::{self, BufReader};
use std::net::{TcpListener, TcpStream};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use dynoxide::Database;
use serde_json::{Value, json};

use crate::http;

/// Serves an empty in-memory DynamoDB on its own loopback port, creates the tables, and returns its address.
pub fn dynamodb(runtime: &tokio::runtime::Runtime) -> io::Result<String> {
    let database = Database::memory().map_err(|e| io::Error::other(e.to_string()))?;
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?.to_string();
    runtime.spawn(dynoxide::server::serve_with_shutdown(listener, database, std::future::pending()));
    let text = |name: &str| json!({"AttributeName": name, "AttributeType": "S"});
    let keys = |pk: &str, sk: &str| json!([{"AttributeName": pk, "KeyType": "HASH"}, {"AttributeName": sk, "KeyType": "RANGE"}]);
    let index = |name: &str| {
        json!({
            "IndexName": name,
            "KeySchema": keys(&format!("{name}pk"), &format!("{name}sk")),
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["card", "type", "version"]},
        })
    };
    let attributes = ["pk", "sk", "gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk"].map(text);
    create_table(
        &address,
        &json!({
            "TableName": "steward",
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": attributes,
            "KeySchema": keys("pk", "sk"),
            "GlobalSecondaryIndexes": [index("gsi1"), index("gsi2")],
        }),
    )?;
    create_table(
        &address,
        &json!({
            "TableName": "steward-keys",
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [text("pk")],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        }),
    )?;
    Ok(format!("http://{address}"))
}

fn create_table(address: &str, table: &Value) -> io::Result<()> {
    let mut stream = TcpStream::connect(address)?;
    let headers = [
        ("host", address),
        ("content-type", "application/x-amz-json-1.0"),
        ("x-amz-target", "DynamoDB_20120810.CreateTable"),
        (
            "authorization",
            "AWS4-HMAC-SHA256 Credential=bench/20261121/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
        ),
        ("x-amz-date", "20261121T000000Z"),
    ];
    http::write(&mut stream, "POST / HTTP/1.1", &headers, table.to_string().as_bytes())?;
    let answer = http::read(&mut BufReader::new(stream))?.ok_or_else(|| io::Error::other("DynamoDB hung up"))?;
    if answer.first_line.contains(" 200") {
        Ok(())
    } else {
        Err(io::Error::other(format!("could not create a table: {}", String::from_utf8_lossy(&answer.body))))
    }
}

/// Serves `GenerateDataKey` and `Decrypt` like KMS: each purpose has one key, whose wrapped form is its name.
pub fn kms() -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            thread::spawn(move || serve_kms(stream));
        }
    });
    Ok(format!("http://{address}"))
}

fn serve_kms(mut stream: TcpStream) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    loop {
        let request = http::read(&mut reader).ok()??;
        let asked: Value = serde_json::from_slice(&request.body).ok()?;
        let purpose = asked["EncryptionContext"]["purpose"].as_str()?;
        let mut key = [0_u8; 32];
        key.iter_mut().zip(purpose.bytes()).for_each(|(to, from)| *to = from);
        let answer = json!({
            "KeyId": asked["KeyId"],
            "Plaintext": BASE64.encode(key),
            "CiphertextBlob": BASE64.encode(purpose),
            "EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
        });
        let headers = [("content-type", "application/x-amz-json-1.1")];
        http::write(&mut stream, "HTTP/1.1 200 OK", &headers, answer.to_string().as_bytes()).ok()?;
    }
}
