//! Design assets of the demo company's products: drawings, mock-ups and specifications, some approved.

use serde_json::{Value, json};

use super::client::{Client, SignedIn};
use super::DemoError;
use super::files::{drawing, pdf};
use super::papers::Paper;
use super::past::announced;
use super::workshop::Build;

/// Review status of a design.
enum Standing {
    /// In progress.
    Draft,
    /// Under review.
    InReview,
    /// Approved.
    Approved,
    /// Rejected, with the reason.
    Rejected(&'static str),
}

struct Design {
    name: String,
    kind: &'static str,
    note: &'static str,
    standing: Standing,
    paper: Paper,
}

const PNG: &str = "image/png";

/// The designs of a product.
fn designs(place: usize, build: &Build) -> Vec<Design> {
    let sheet = |n: usize| drawing(place * 10 + n);
    let part = |n: usize| build.parts[n % build.parts.len()].trim_start_matches("the ");
    let lines: Vec<String> = build
        .chapters
        .iter()
        .flat_map(|chapter| {
            let titles = chapter.requirements.iter().map(|(title, _)| format!("- {title}"));
            [chapter.title.to_owned()].into_iter().chain(titles)
        })
        .collect();
    let design = |name: String, kind, note, standing, file_name, content_type, bytes| {
        let paper = Paper { title: "", description: None, file_name, content_type, bytes };
        Design { name, kind, note, standing, paper }
    };
    let image = |n: usize, kind, note, standing, file_name| {
        design(format!("{}, {kind}", capital(part(n))), kind, note, standing, file_name, PNG, sheet(n))
    };
    let agreed = format!("{}: agreed scope", build.name);
    let specification = pdf(&agreed, &lines);
    vec![
        design(
            agreed,
            "specification",
            "As signed.",
            Standing::Approved,
            "agreed.pdf",
            "application/pdf",
            specification,
        ),
        image(0, "drawing", "First issue.", Standing::Approved, "sheet-1.png"),
        image(1, "drawing", "Moved the bore by 4 mm.", Standing::InReview, "sheet-2.png"),
        image(2, "mockup", "Without the cover.", Standing::Rejected("It must open without tools."), "sheet-3.png"),
        image(3, "drawing", "Not measured yet.", Standing::Draft, "sheet-4.png"),
    ]
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The design assets of a product.
pub(super) struct Designs<'a> {
    pub(super) client: &'a Client,
    pub(super) place: usize,
    pub(super) build: &'a Build,
    /// The product's path.
    pub(super) product: &'a str,
    pub(super) owner: &'a SignedIn,
}

impl Designs<'_> {
    /// Uploads them, each for a requirement.
    pub(super) async fn load(&self, requirements: &[String]) -> Result<(), DemoError> {
        for (number, design) in designs(self.place, self.build).iter().enumerate() {
            let mut new = announced(&design.paper);
            new["name"] = Value::from(design.name.as_str());
            new["kind"] = Value::from(design.kind);
            new["note"] = Value::from(design.note);
            new["requirement_id"] = requirements.get(number).map_or(Value::Null, |id| Value::from(id.as_str()));
            let call = self.client.post(&format!("{}/assets", self.product), new).by(self.owner);
            let made = call.key(&format!("demo-asset-{}-{number}", self.build.key)).send().await?;
            self.client.put(&made["upload"], design.paper.bytes.clone()).await?;
        }
        Ok(())
    }

    /// Submits, approves or rejects them, once their files have been checked.
    pub(super) async fn decide(&self) -> Result<(), DemoError> {
        let path = format!("{}/assets", self.product);
        let listed = self.client.get(&path).by(self.owner).send().await?;
        for design in designs(self.place, self.build) {
            let mut assets = listed["items"].as_array().into_iter().flatten();
            let Some(asset) = assets.find(|asset| asset["name"] == design.name.as_str()) else { continue };
            let path = format!("{path}/{}", asset["id"].as_str().unwrap_or_default());
            let call = match design.standing {
                Standing::Draft => continue,
                Standing::InReview => self.client.patch(&path, json!({"approval": "in_review"})),
                Standing::Approved => self.client.post(&format!("{path}/approve"), json!({"note": "As discussed."})),
                Standing::Rejected(why) => self.client.post(&format!("{path}/reject"), json!({"note": why})),
            };
            let version = asset["version"].as_u64().ok_or(DemoError::Missing { call: "an asset", field: "version" })?;
            call.by(self.owner).version(version).send().await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::workshop::BUILDS;
    use super::*;

    #[test]
    fn designs_have_unique_names_and_valid_files() {
        for (place, build) in BUILDS.iter().enumerate() {
            let designs = designs(place, build);
            let names: std::collections::BTreeSet<_> = designs.iter().map(|design| &design.name).collect();
            assert_eq!(names.len(), designs.len());
            for design in &designs {
                let begins: &[u8] = if design.paper.content_type == PNG { b"\x89PNG" } else { b"%PDF" };
                assert!(design.paper.bytes.starts_with(begins), "{}", design.name);
            }
        }
    }
}
