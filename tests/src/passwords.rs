//! Which passwords are accepted.

use serde_json::json;

use crate::support::{PASSWORD, Steward};

#[tokio::test]
async fn guessable_passwords_are_refused() {
    let steward = Steward::start().await;
    let setup = |password: &str| {
        let body = json!({"username": "amara", "name": "Ada Okafor", "email": "lovelace@halden.example", "password": password});
        steward.post("/api/setup").json(&body)
    };
    for guessable in [
        "123456789012",
        "Password1234",
        "passwordpassword",
        "P@ssw0rd1234!",
        "my name is amara k",
        "my name is okafor k",
        "the lovelace of old",
        "all halden employees",
        "only st3ward knows it",
    ] {
        let refused = setup(guessable).send().await.problem(422, "invalid_input");
        assert_eq!(refused.fields(), ["password"], "{guessable}");
    }
    setup(PASSWORD).send().await.expect(201);
}

#[tokio::test]
async fn a_password_that_is_too_long_is_refused_and_never_cut() {
    let steward = Steward::start().await;
    let longest: String =
        (0..128_u8).map(|n| char::from(b'!' + (u8::try_from((u32::from(n) * 7) % 90).unwrap()))).collect();
    let setup = |password: &str| {
        let body = json!({"username": "admin", "name": "Ada", "email": "ada@example.com", "password": password});
        steward.post("/api/setup").json(&body)
    };
    assert_eq!(setup(&format!("{longest}x")).send().await.problem(422, "invalid_input").fields(), ["password"]);
    setup(&longest).send().await.expect(201);
    let login =
        |password: &str| steward.post("/api/auth/login").json(&json!({"username": "admin", "password": password}));
    login(&format!("{longest}x")).send().await.problem(401, "invalid_credentials");
    login(&longest).send().await.expect(200);
}
