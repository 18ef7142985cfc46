//! What uploaded files are checked for before anyone can read them, and the scanner that is asked.

use std::sync::{Arc, Mutex};

use kernel::policy::Role;
use local::{Stack, StackOptions};
use platform::upload::{Scan, Scanner};
use serde_json::{Value, json};

use crate::assets::{create, product, uploaded};
use crate::documents::{self, PDF, announced, fetch, objects, put};
use crate::support::{Person, Steward};

/// The header of a PNG image of this size.
fn png(width: u32, height: u32) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &width.to_be_bytes(), &height.to_be_bytes(), &[8, 2, 0, 0, 0]]
        .concat()
}

async fn mia(steward: &Steward) -> (Person, String) {
    let admin = steward.admin().await;
    let mia = steward.user(&admin, "mia", &[Role::Manager]).await;
    let product = product(steward, &mia, "ORB").await;
    (mia, product)
}

async fn version(steward: &Steward, by: &Person, path: &str) -> Value {
    steward.get(path).by(by).send().await.expect(200).json["versions"][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_png_named_jpg_gets_its_own_name() {
    let steward = Steward::start().await;
    let admin = steward.admin().await;
    let mia = steward.user(&admin, "mia", &[Role::Manager]).await;
    let product = product(&steward, &mia, "ORB").await;
    let acme = steward.investor(&admin, "Acme").await.id();
    let asset = uploaded(&steward, &mia, &product, "Logo.jpg", "image/jpeg", &png(2, 2)).await;
    let document = documents::uploaded(&steward, &admin, &acme, "Logo.jpg", "image/jpeg", &png(2, 2)).await;
    for (path, by, download) in [(asset, &mia, "versions/1/download"), (document, &admin, "download")] {
        let shown = version(&steward, by, &path).await;
        assert_eq!(
            (&shown["status"], &shown["file_name"], &shown["content_type"]),
            (&json!("available"), &json!("Logo.png"), &json!("image/png")),
            "{path}"
        );
        let got = steward.post(&format!("{path}/{download}")).by(by).send().await.expect(200);
        let file = fetch(&steward, got.json["url"].as_str().unwrap()).await.expect(200);
        assert_eq!((&file.bytes[..], &file.headers["content-type"]), (&png(2, 2)[..], &"image/png".parse().unwrap()));
        assert_eq!(file.headers["content-disposition"], "attachment; filename=\"Logo.png\"");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_unpacked_on_the_way_is_refused() {
    let steward = Steward::start().await;
    let (mia, product) = mia(&steward).await;
    let bytes = png(2, 2);
    let new = announced("a.png", "image/png", &bytes);
    let mut created = create(&steward, &mia, &product, &new).await.expect(201).json;
    created["upload"]["headers"]["content-encoding"] = json!("gzip");
    put(&steward, &created["upload"], &bytes).await.expect(200);
    steward.settle().await;
    let path = format!("{product}/assets/{}", created["asset"]["id"].as_str().unwrap());
    assert_eq!(version(&steward, &mia, &path).await["reason"], "wrong_type");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_url_copies_no_other_file() {
    let steward = Steward::start().await;
    let (mia, product) = mia(&steward).await;
    uploaded(&steward, &mia, &product, "a.png", "image/png", &png(2, 2)).await;
    let other = objects(&steward).await.remove(0);
    let mut created =
        create(&steward, &mia, &product, &announced("b.png", "image/png", &png(2, 2))).await.expect(201).json;
    let source = format!("{}/{other}", steward.app().bucket());
    created["upload"]["headers"]["x-amz-copy-source"] = json!(source);
    put(&steward, &created["upload"], b"").await.expect(403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_is_told_why_a_file_was_quarantined() {
    let steward = Steward::start().await;
    let (mia, product) = mia(&steward).await;
    let large = uploaded(&steward, &mia, &product, "a.png", "image/png", &png(20_000, 20_000)).await;
    assert_eq!(version(&steward, &mia, &large).await["reason"], "image_too_large");
    let told = steward.all(&mia, "/api/notifications", 10).await;
    assert!(told[0]["body"].as_str().unwrap().contains("more than 100 megapixels"), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_without_a_size_is_refused_after_all_its_segments() {
    let steward = Steward::start().await;
    let (mia, product) = mia(&steward).await;
    let size = 5 * 1024 * 1024;
    // Nothing but segments, in which the size of the image would have to be looked for.
    let mut bytes = b"\xFF\xD8".to_vec();
    while bytes.len() < size {
        bytes.extend(b"\xFF\xE2\xFF\xFF");
        bytes.resize(size.min(bytes.len() + 65_533), 0);
    }
    let path = uploaded(&steward, &mia, &product, "a.jpg", "image/jpeg", &bytes).await;
    assert_eq!(version(&steward, &mia, &path).await["reason"], "wrong_type");
}

/// A Steward whose scanner says what is stored here, at first that it has not finished.
async fn scanned() -> (Steward, Arc<Mutex<Scan>>) {
    let said = Arc::new(Mutex::new(Scan::Pending));
    let saying = Arc::clone(&said);
    let scanner = Scanner::Asked(Arc::new(move |key| {
        assert!(key.starts_with("pending/"), "{key}");
        *saying.lock().unwrap()
    }));
    let stack = Stack::start(StackOptions { scanner, ..StackOptions::default() }).await.unwrap();
    (Steward { stack }, said)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_waits_for_the_scanner() {
    let (steward, said) = scanned().await;
    let (mia, product) = mia(&steward).await;
    for (scan, status, reason) in [
        (Scan::Clean, "available", Value::Null),
        (Scan::Threat, "quarantined", json!("malware")),
        (Scan::Unscannable, "quarantined", json!("not_scanned")),
    ] {
        *said.lock().unwrap() = Scan::Pending;
        let path = uploaded(&steward, &mia, &product, "a.pdf", "application/pdf", PDF).await;
        assert_eq!(version(&steward, &mia, &path).await["status"], "awaiting_upload");
        steward.post(&format!("{path}/versions/1/download")).by(&mia).send().await.problem(409, "state_conflict");
        *said.lock().unwrap() = scan;
        // Each upload has the queue looked through.
        uploaded(&steward, &mia, &product, "b.png", "image/png", &png(2, 2)).await;
        let shown = version(&steward, &mia, &path).await;
        assert_eq!((&shown["status"], &shown["reason"]), (&json!(status), &reason), "{scan:?}");
    }
    // A file that is wrong anyway does not wait.
    *said.lock().unwrap() = Scan::Pending;
    let path = uploaded(&steward, &mia, &product, "a.pdf", "application/pdf", b"MZ").await;
    assert_eq!(version(&steward, &mia, &path).await["reason"], "wrong_type");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reported_scan_releases_or_quarantines_a_file_once() {
    let options = StackOptions { scanner: Scanner::Reported, ..StackOptions::default() };
    let steward = Steward { stack: Stack::start(options).await.unwrap() };
    let (mia, product) = mia(&steward).await;
    let event = |key: &str, status: &str| {
        let event = json!({
            "id": "1", "source": "aws.guardduty", "detail-type": "GuardDuty Malware Protection Object Scan Result",
            "detail": {"s3ObjectDetails": {"objectKey": key}, "scanResultDetails": {"scanResultStatus": status}},
        });
        serde_json::from_value::<on_upload::Event>(event).unwrap()
    };
    for (first, later, expected) in
        [("NO_THREATS_FOUND", "THREATS_FOUND", "available"), ("THREATS_FOUND", "NO_THREATS_FOUND", "quarantined")]
    {
        let created = create(&steward, &mia, &product, &announced("a.pdf", "application/pdf", PDF)).await.expect(201);
        let path = format!("{product}/assets/{}", created.json["asset"]["id"].as_str().unwrap());
        put(&steward, &created.json["upload"], PDF).await.expect(200);
        steward.settle().await;
        assert_eq!(version(&steward, &mia, &path).await["status"], "awaiting_upload");
        let waiting: Vec<String> =
            objects(&steward).await.into_iter().filter(|key| key.starts_with("pending/")).collect();
        for status in [first, later] {
            on_upload::handle(steward.app(), event(&waiting[0], status)).await.unwrap();
            assert_eq!(version(&steward, &mia, &path).await["status"], expected);
        }
    }
}
