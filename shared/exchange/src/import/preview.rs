//! Previews a file before it is imported: its columns, first rows, and suggested mapping.

use serde::Serialize;
use utoipa::ToSchema;

use super::encoding::Encoding;
use super::header::{self, HEAD_BYTES, Header};
use super::item::LoadedImport;
use super::{Field, Import, Key, Status, Target, read, write};
use kernel::Operation;
use kernel::error::Error;
use kernel::id::ImportId;
use platform::app::App;
use platform::caller::Caller;
use platform::objects;
use platform::work::Work;

/// Suggested field for a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportSuggestion {
    /// Column name.
    pub column: String,
    /// Suggested field; `null` if the name suggests none.
    pub field: Option<Field>,
}

/// Preview of the beginning of a file.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImportPreview {
    /// Column names.
    pub columns: Vec<String>,
    /// Cells of the first rows, at most 20.
    pub sample: Vec<Vec<String>>,
    /// Cell delimiter: `,`, `;`, `|` or a tab.
    pub delimiter: String,
    /// Suggested field for each column.
    pub suggested_mapping: Vec<ImportSuggestion>,
    /// Suggested key for matching existing records.
    pub suggested_key: Key,
    /// Number of rows in the file: counted for a short file, otherwise estimated.
    pub rows_estimate: u64,
    /// Encoding used to read the text.
    pub encoding: Encoding,
}

/// Previews the uploaded file. The first preview makes the import ready.
pub async fn preview(app: &App, caller: &Caller, id: ImportId, encoding: Encoding) -> Result<ImportPreview, Error> {
    let loaded = read::load(app, caller, id).await?;
    let (header, _) = beginning(app, &loaded.import, encoding).await?;
    let sample = header.sample(encoding)?;
    if loaded.import.status == Status::AwaitingUpload {
        make_ready(app, caller, &loaded, header.rows_estimate).await?;
    }
    let suggested_mapping = suggest(loaded.import.kind, &header.columns);
    Ok(ImportPreview {
        suggested_key: suggest_key(loaded.import.kind, &suggested_mapping),
        suggested_mapping,
        sample,
        delimiter: char::from(header.delimiter).to_string(),
        rows_estimate: header.rows_estimate,
        columns: header.columns,
        encoding,
    })
}

/// Reads the header of the uploaded file, with the file's `ETag`.
pub(super) async fn beginning(app: &App, import: &Import, encoding: Encoding) -> Result<(Header, String), Error> {
    if import.status == Status::Cancelled {
        return Err(Error::state("This import was cancelled. Upload the file again."));
    }
    let part = objects::read_part(app, &super::item::object_key(import.id), 0, HEAD_BYTES).await?;
    let part = part.ok_or_else(|| Error::state("The file is missing. Upload it first."))?;
    if part.size != import.size {
        return Err(Error::state("The uploaded file's size does not match the declared size. Start a new import."));
    }
    Ok((header::read(&part.bytes, part.size, encoding)?, part.etag))
}

async fn make_ready(app: &App, caller: &Caller, before: &LoadedImport, rows_estimate: u64) -> Result<(), Error> {
    let after = Import { status: Status::Ready, rows_total_estimate: Some(rows_estimate), ..before.import.clone() };
    let mut work = Work::new(app, caller, Operation::ImportPreview);
    write::stage(&mut work, Some(before), after)?;
    match work.commit().await {
        // A concurrent preview was faster.
        Err(Error::StaleVersion) => Ok(()),
        other => other,
    }
}

/// Recognized column names, as normalized by [`plain`], most reliable first.
const NAMES: &[(Field, &[&str])] = &[
    (
        Field::Name,
        &[
            "name",
            "investorname",
            "investor",
            "fullname",
            "displayname",
            "companyname",
            "company",
            "security",
            "organization",
            "organisation",
            "firm",
            "fund",
            "fundname",
            "accountname",
            "account",
            "contactname",
            "contact",
            "legalname",
        ],
    ),
    (Field::Kind, &["kind", "investorkind", "investortype", "type", "entitytype", "category"]),
    (Field::Email, &["email", "emailaddress", "mail", "emailaddress1", "contactemail", "workemail", "email1value"]),
    (
        Field::Phone,
        &["phone", "phonenumber", "telephone", "telephonenumber", "tel", "mobile", "mobilephone", "businessphone"],
    ),
    (
        Field::Address,
        &[
            "address",
            "postaladdress",
            "streetaddress",
            "street",
            "headquarterslocation",
            "headquarters",
            "location",
            "mailingaddress",
            "businessaddress",
            "hq",
        ],
    ),
    (Field::Country, &["country", "countrycode", "countryiso", "isocountry", "domicile"]),
    (Field::Tier, &["tier", "investortier", "priority", "rating", "level"]),
    (Field::Status, &["status", "investorstatus", "active"]),
    (
        Field::Tags,
        &["tags", "tag", "labels", "label", "keywords", "gicssector", "sector", "industry", "segment", "group"],
    ),
    (Field::Notes, &["notes", "note", "comments", "comment", "description", "remarks", "memo"]),
    (
        Field::ExternalKey,
        &[
            "externalkey",
            "externalid",
            "crmid",
            "cik",
            "lei",
            "investorid",
            "accountid",
            "contactid",
            "customerid",
            "clientid",
            "reference",
            "ref",
            "key",
            "id",
        ],
    ),
];

/// Recognized column names for requirements and tasks.
const WORK_NAMES: &[(Field, &[&str])] = &[
    (Field::Number, &["number", "no", "reference", "ref", "requirementnumber", "tasknumber"]),
    (Field::ExternalId, &["externalid", "externalkey", "issuekey", "issueid", "key", "id", "ticket"]),
    (Field::Title, &["title", "summary", "name", "requirement", "task", "subject", "issue"]),
    (Field::Description, &["description", "details", "text", "body", "notes"]),
    (Field::Priority, &["priority", "importance", "severity"]),
    (Field::Status, &["status", "state"]),
    (Field::AcceptanceCriteria, &["acceptancecriteria", "criteria", "acceptance"]),
    (Field::Parent, &["parent", "parentid", "parentkey", "parentnumber", "epic", "partof"]),
    (Field::Milestone, &["milestone", "fixversion", "release", "version"]),
    (Field::Assignee, &["assignee", "assignedto", "owner", "responsible", "username"]),
    (Field::Requirement, &["requirement", "requirementreference", "requirementid", "story"]),
    (Field::DueOn, &["dueon", "due", "duedate", "deadline"]),
    (Field::EstimateHours, &["estimatehours", "estimate", "hours", "originalestimate", "effort"]),
    (Field::Labels, &["labels", "label", "tags", "tag", "components"]),
];

/// Keeps only letters and digits, case-folded.
fn plain(name: &str) -> String {
    kernel::text::fold(name).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Suggests a field for each column from its name; no field twice.
fn suggest(kind: Target, columns: &[String]) -> Vec<ImportSuggestion> {
    let plain: Vec<String> = columns.iter().map(|name| plain(name)).collect();
    let mut fields = vec![None; columns.len()];
    for (field, names) in if kind == Target::Investors { NAMES } else { WORK_NAMES } {
        if !kind.has(*field) {
            continue;
        }
        let place = names.iter().find_map(|wanted| plain.iter().position(|name| name == wanted));
        if let Some(slot) = place.and_then(|place| fields.get_mut(place)) {
            slot.get_or_insert(*field);
        }
    }
    let columns = columns.iter().cloned().zip(fields);
    columns.map(|(column, field)| ImportSuggestion { column, field }).collect()
}

/// The most reliable key among the suggested fields.
fn suggest_key(kind: Target, mapping: &[ImportSuggestion]) -> Key {
    let has = |key: &Key| mapping.iter().any(|suggestion| suggestion.field == Some(key.field()));
    match kind {
        Target::Investors => [Key::ExternalKey, Key::Email].into_iter().find(has).unwrap_or(Key::Name),
        Target::Requirements | Target::Tasks => {
            [Key::Number, Key::ExternalId].into_iter().find(has).unwrap_or(Key::ExternalId)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suggested(columns: &[&str]) -> (Vec<Option<Field>>, Key) {
        let columns: Vec<String> = columns.iter().map(ToString::to_string).collect();
        let mapping = suggest(Target::Investors, &columns);
        (mapping.iter().map(|suggestion| suggestion.field).collect(), suggest_key(Target::Investors, &mapping))
    }

    #[test]
    fn index_constituent_columns_are_recognized() {
        let (fields, key) = suggested(&[
            "Symbol",
            "Security",
            "GICS Sector",
            "GICS Sub-Industry",
            "Headquarters Location",
            "Date added",
            "CIK",
            "Founded",
        ]);
        let wanted = [
            None,
            Some(Field::Name),
            Some(Field::Tags),
            None,
            Some(Field::Address),
            None,
            Some(Field::ExternalKey),
            None,
        ];
        assert_eq!((fields, key), (wanted.to_vec(), Key::ExternalKey));
    }

    #[test]
    fn no_field_is_suggested_twice() {
        let (fields, key) = suggested(&["Company", "Full Name", "E-mail Address", "Phone number", "Notes", "note"]);
        let wanted = [None, Some(Field::Name), Some(Field::Email), Some(Field::Phone), Some(Field::Notes), None];
        assert_eq!((fields, key), (wanted.to_vec(), Key::Email));
        assert_eq!(suggested(&["A", "B"]), (vec![None, None], Key::Name));
    }
}
