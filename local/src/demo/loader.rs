//! Loading the demo company.

use std::future::Future;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use kernel::Error;
use people::user::{self, NewUser, Password};
use platform::caller::{Actor, Origin};
use serde_json::{Map, Value, json};

use super::client::{Client, SignedIn};
use super::company::{ADMIN, INVESTORS, InvestorRow, MANAGERS, PEOPLE, Person};
use super::documents::{AMENDED, amended};
use super::history::{InvestorHistory, was_upgraded};
use super::plans::PRODUCT_PEOPLE;
use super::products::ProductLoader;
use super::{DemoError, SIGN_IN};
use crate::stack::Stack;

/// Number of investors loaded concurrently.
const AT_ONCE: usize = 4;
/// Number of notifications each user leaves unread.
const UNREAD: usize = 4;

/// Loads the company through the API.
pub(super) struct Loader<'a> {
    stack: &'a Stack,
    client: Client,
    begun: Timestamp,
}

/// The signed-in users and the paths of the investors.
pub(super) struct Company {
    admin: SignedIn,
    people: Vec<SignedIn>,
    product_people: Vec<SignedIn>,
    investors: Vec<Option<String>>,
}

impl<'a> Loader<'a> {
    /// Creates a loader whose "today" is when loading began.
    pub(super) fn new(stack: &'a Stack, begun: Timestamp) -> Self {
        Self { stack, client: Client { api: stack.router() }, begun }
    }

    /// Whether the stack has a first admin.
    pub(super) async fn is_set_up(stack: &Stack) -> Result<bool, DemoError> {
        let answer = Client { api: stack.router() }.get("/api/setup").send().await?;
        let needed = answer["needed"].as_bool();
        Ok(!needed.ok_or(DemoError::Missing { call: "the set-up status", field: "needed" })?)
    }

    /// Loads the people and the investors, which everything else belongs to.
    pub(super) async fn load_company(&self) -> Result<Company, DemoError> {
        let setup = person(&ADMIN);
        if self.client.get("/api/setup").send().await?["needed"] == true {
            self.client.post("/api/setup", Value::Object(setup)).key("demo-setup").send().await?;
        }
        let admin = self.sign_in(&ADMIN).await?;
        let people = PEOPLE.iter().map(|who| self.load_person(who, &admin));
        let people: Vec<SignedIn> = run_some_at_once(people, PEOPLE.len()).await?;
        let product_people = PRODUCT_PEOPLE.iter().map(|who| self.load_person(who, &admin));
        let product_people: Vec<SignedIn> = run_some_at_once(product_people, PRODUCT_PEOPLE.len()).await?;
        let investors = INVESTORS.iter().enumerate().map(|(index, row)| {
            let manager = &people[index % MANAGERS];
            // The admin creates every fifth investor and reassigns it, so that the relationship managers have notifications.
            let by = if index.is_multiple_of(5) { &admin } else { manager };
            self.load_investor(index, row, by, &manager.id)
        });
        let investors = run_some_at_once(investors, AT_ONCE).await?;
        Ok(Company { admin, people, product_people, investors })
    }

    /// Loads two years of history with investors and a year of work on products.
    pub(super) async fn load_history(&self, company: &Company) -> Result<(), DemoError> {
        let product_loader =
            ProductLoader { client: &self.client, product_people: &company.product_people, begun: self.begun };
        let (histories, products) = tokio::join!(self.load_histories(company), product_loader.load());
        histories?;
        let products = products?;
        self.stack.drained().await?;
        product_loader.review(&products).await?;
        self.stack.drained().await?;
        let readers = company.people[..MANAGERS].iter().chain(&company.product_people).chain([&company.admin]);
        for reader in readers {
            self.read_notifications(reader).await?;
        }
        Ok(())
    }

    async fn load_histories(&self, company: &Company) -> Result<(), DemoError> {
        let managers = &company.people[..MANAGERS];
        let investors = INVESTORS.iter().zip(&company.investors).enumerate().filter_map(|(index, (row, path))| {
            let manager = &managers[index % MANAGERS];
            let (client, begun, path) = (&self.client, self.begun, path.clone()?);
            let history = InvestorHistory { client, begun, index, row, path, admin: &company.admin, manager };
            Some(async move { history.load().await })
        });
        run_some_at_once(investors, AT_ONCE).await?;
        self.stack.drained().await?;
        if let Some(path) = &company.investors[AMENDED] {
            self.amend(path, &managers[AMENDED % MANAGERS]).await?;
        }
        Ok(())
    }

    /// Creates a user who needs no invitation, unless a process that was killed has done so already.
    async fn load_person(&self, who: &Person, admin: &SignedIn) -> Result<SignedIn, DemoError> {
        let mut new = person(who);
        let password = new.remove("password").unwrap_or_default();
        new.insert("roles".to_owned(), json!([who.role]));
        let (new, password): (NewUser, Password) =
            (serde_json::from_value(new.into())?, serde_json::from_value(password)?);
        let id = admin.id.parse().ok();
        let actor = Actor { id, name: ADMIN.name.to_owned(), origin: Origin::default() };
        match user::create_active(self.stack.app(), &actor, new, password).await {
            Ok(_) | Err(Error::Conflict { code: "username_taken", .. }) => self.sign_in(who).await,
            Err(error) => Err(error.into()),
        }
    }

    async fn sign_in(&self, who: &Person) -> Result<SignedIn, DemoError> {
        let body = json!({"username": who.username, "password": SIGN_IN.password});
        let answer = self.client.post("/api/auth/login", body).send().await?;
        let text = |value: &Value, field| {
            value.as_str().map(str::to_owned).ok_or(DemoError::Missing { call: "sign-in", field })
        };
        let id = text(&answer["user"]["id"], "user")?;
        let signed_in = SignedIn { id, token: text(&answer["access_token"], "token")? };
        // A token is not valid before it was issued, unless the process has verified it before: the demo company's past begins after that.
        self.client.get("/api/me").by(&signed_in).send().await?;
        Ok(signed_in)
    }

    /// Loads an investor and returns its path. `None` if it was created so long ago, before a kill, that its idempotency key has expired.
    async fn load_investor(
        &self,
        index: usize,
        row: &InvestorRow,
        by: &SignedIn,
        manager: &str,
    ) -> Result<Option<String>, DemoError> {
        let key = format!("demo-investor-{index}");
        let new = investor(index, row, manager);
        let made = self.client.post("/api/investors", new).by(by).key(&key).send().await?;
        Ok(made["id"].as_str().map(|id| format!("/api/investors/{id}")))
    }

    /// Adds the second version of an investor's agreement, once the first is released.
    async fn amend(&self, investor: &str, manager: &SignedIn) -> Result<(), DemoError> {
        let path = format!("{investor}/documents");
        let documents = self.client.get(&path).by(manager).send().await?;
        let mut documents = documents["items"].as_array().into_iter().flatten();
        let Some(document) = documents.find(|document| document["content_type"] == "application/pdf") else {
            return Ok(());
        };
        let amendment = amended(AMENDED, &INVESTORS[AMENDED]);
        let path = format!("{path}/{}/versions", document["id"].as_str().unwrap_or_default());
        let made = self.client.post(&path, amendment.upload_request()).by(manager).key("demo-amended").send().await?;
        self.client.put(&made["upload"], amendment.bytes).await
    }

    /// Marks all but the newest notifications as read.
    async fn read_notifications(&self, reader: &SignedIn) -> Result<(), DemoError> {
        loop {
            let page = self.client.get("/api/notifications?unread=true&limit=100").by(reader).send().await?;
            let ids = page["items"].as_array().into_iter().flatten().map(|one| one["id"].clone());
            let ids: Vec<Value> = ids.skip(UNREAD).collect();
            if ids.is_empty() {
                return Ok(());
            }
            self.client.post("/api/notifications/read", json!({"ids": ids})).by(reader).send().await?;
        }
    }
}

/// Results of futures, some of which run concurrently, in the futures' order.
async fn run_some_at_once<T, F>(futures: impl Iterator<Item = F>, at_once: usize) -> Result<Vec<T>, DemoError>
where
    F: Future<Output = Result<T, DemoError>>,
{
    let futures: Vec<F> = futures.collect();
    stream::iter(futures).buffered(at_once).try_collect().await
}

fn person(who: &Person) -> Map<String, Value> {
    Map::from_iter([
        ("username".to_owned(), Value::from(who.username)),
        ("name".to_owned(), Value::from(who.name)),
        ("email".to_owned(), Value::from(format!("{}@halden-robotics.example", who.username))),
        ("password".to_owned(), Value::from(SIGN_IN.password)),
    ])
}

fn investor(index: usize, row: &InvestorRow, manager: &str) -> Value {
    let host: String = row.name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let notes = match row.tier {
        "prospect" => format!("Talk to {}. Not invested yet.", row.contact),
        _ => format!("Talk to {}. Receives the quarterly letter.", row.contact),
    };
    json!({
        "name": row.name, "kind": row.kind, "tier": if was_upgraded(index, row) { "prospect" } else { row.tier },
        "country": row.country, "address": row.address, "tags": row.tags, "notes": notes,
        "email": format!("contact@{host}.example"), "phone": format!("+1 202 555 01{index:02}"),
        "external_key": format!("HR-{:03}", index + 1), "relationship_manager_id": manager,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::stack::StackOptions;

    #[tokio::test(flavor = "multi_thread")]
    async fn people_act_before_they_have_signed_in() {
        let stack = Stack::start(StackOptions::default()).await.unwrap();
        let loader = Loader::new(&stack, Timestamp::now());
        loader.client.post("/api/setup", Value::Object(person(&ADMIN))).send().await.unwrap();
        let admin = loader.sign_in(&ADMIN).await.unwrap();
        let owner = loader.load_person(&PRODUCT_PEOPLE[0], &admin).await.unwrap();
        let create = loader.client.post("/api/products", json!({"key": "ORB", "name": "Orbit"})).by(&owner);
        let yesterday = kernel::time::Timestamp::now().plus_seconds(-24 * 3600);
        kernel::time::at(yesterday, create.send()).await.unwrap();
    }

    #[test]
    fn every_demo_investor_has_unique_contact_details() {
        let all: Vec<Value> = INVESTORS.iter().enumerate().map(|(index, row)| investor(index, row, "m")).collect();
        for field in ["email", "phone", "external_key", "name"] {
            let values: HashSet<&str> = all.iter().map(|investor| investor[field].as_str().unwrap()).collect();
            assert_eq!(values.len(), INVESTORS.len(), "{field}");
        }
    }
}
