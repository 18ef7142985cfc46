//! Design assets of the demo company's products: drawings, mock-ups and specifications, some approved.

use serde_json::{Value, json};

use super::DemoError;
use super::client::{Client, SignedIn};
use super::documents::DemoDocument;
use super::files::{drawing, pdf};
use super::plans::ProductPlan;

/// Review status of a design.
enum ReviewStatus {
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
    review: ReviewStatus,
    document: DemoDocument,
}

const PNG: &str = "image/png";

/// The designs of a product.
fn designs(index: usize, plan: &ProductPlan) -> Vec<Design> {
    let sheet = |n: usize| drawing(index * 10 + n);
    let part = |n: usize| plan.parts[n % plan.parts.len()].trim_start_matches("the ");
    let lines: Vec<String> = plan
        .chapters
        .iter()
        .flat_map(|chapter| {
            let titles = chapter.requirements.iter().map(|(title, _)| format!("- {title}"));
            [chapter.title.to_owned()].into_iter().chain(titles)
        })
        .collect();
    let design = |name: String, kind, note, review, file_name, content_type, bytes| {
        let document = DemoDocument { title: "", description: None, file_name, content_type, bytes };
        Design { name, kind, note, review, document }
    };
    let image = |n: usize, kind, note, review, file_name| {
        design(format!("{}, {kind}", capitalized(part(n))), kind, note, review, file_name, PNG, sheet(n))
    };
    let agreed = format!("{}: agreed scope", plan.name);
    let specification = pdf(&agreed, &lines);
    vec![
        design(
            agreed,
            "specification",
            "As signed.",
            ReviewStatus::Approved,
            "agreed.pdf",
            "application/pdf",
            specification,
        ),
        image(0, "drawing", "First issue.", ReviewStatus::Approved, "sheet-1.png"),
        image(1, "drawing", "Moved the bore by 4 mm.", ReviewStatus::InReview, "sheet-2.png"),
        image(2, "mockup", "Without the cover.", ReviewStatus::Rejected("It must open without tools."), "sheet-3.png"),
        image(3, "drawing", "Not measured yet.", ReviewStatus::Draft, "sheet-4.png"),
    ]
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The design assets of a product.
pub(super) struct Designs<'a> {
    pub(super) client: &'a Client,
    pub(super) index: usize,
    pub(super) plan: &'a ProductPlan,
    /// The product's path.
    pub(super) product: &'a str,
    pub(super) owner: &'a SignedIn,
}

impl Designs<'_> {
    /// Uploads them, each for a requirement.
    pub(super) async fn load(&self, requirements: &[String]) -> Result<(), DemoError> {
        for (number, design) in designs(self.index, self.plan).iter().enumerate() {
            let mut new = design.document.upload_request();
            new["name"] = Value::from(design.name.as_str());
            new["kind"] = Value::from(design.kind);
            new["note"] = Value::from(design.note);
            new["requirement_id"] = requirements.get(number).map_or(Value::Null, |id| Value::from(id.as_str()));
            let call = self.client.post(&format!("{}/assets", self.product), new).by(self.owner);
            let made = call.key(&format!("demo-asset-{}-{number}", self.plan.key)).send().await?;
            self.client.put(&made["upload"], design.document.bytes.clone()).await?;
        }
        Ok(())
    }

    /// Submits, approves or rejects them, once their files have been checked.
    pub(super) async fn review(&self) -> Result<(), DemoError> {
        let path = format!("{}/assets", self.product);
        let listed = self.client.get(&path).by(self.owner).send().await?;
        for design in designs(self.index, self.plan) {
            let mut assets = listed["items"].as_array().into_iter().flatten();
            let Some(asset) = assets.find(|asset| asset["name"] == design.name.as_str()) else { continue };
            let path = format!("{path}/{}", asset["id"].as_str().unwrap_or_default());
            let call = match design.review {
                ReviewStatus::Draft => continue,
                ReviewStatus::InReview => self.client.patch(&path, json!({"approval": "in_review"})),
                ReviewStatus::Approved => {
                    self.client.post(&format!("{path}/approve"), json!({"note": "As discussed."}))
                }
                ReviewStatus::Rejected(why) => self.client.post(&format!("{path}/reject"), json!({"note": why})),
            };
            let version = asset["version"].as_u64().ok_or(DemoError::Missing { call: "an asset", field: "version" })?;
            call.by(self.owner).version(version).send().await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::plans::PLANS;
    use super::*;

    #[test]
    fn designs_have_unique_names_and_valid_files() {
        for (index, plan) in PLANS.iter().enumerate() {
            let designs = designs(index, plan);
            let names: std::collections::BTreeSet<_> = designs.iter().map(|design| &design.name).collect();
            assert_eq!(names.len(), designs.len());
            for design in &designs {
                let begins: &[u8] = if design.document.content_type == PNG { b"\x89PNG" } else { b"%PDF" };
                assert!(design.document.bytes.starts_with(begins), "{}", design.name);
            }
        }
    }
}
