//! Parses the cells of a row into the fields of an investor.

use super::defaults::ImportDefaults;
use super::encoding::Encoding;
use super::header::NOT_UTF8;
use super::records::Cells;
use super::{Field, Key};
use crate::cell;
use investor_relations::investor::duplicates::{Duplicate, Reason};
use investor_relations::investor::{InvestorPatch, Kind, NewInvestor, Status, Tier, sorted_tags};
use kernel::error::Error;
use kernel::id::InvestorId;
use kernel::text::{Address, Country, Email, ExternalKey, LongText, Name, Phone, Tag, fold};
use platform::http::Patch;

/// Why a row, or one of its fields, is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Field with the error; `None` if it concerns the whole row.
    pub field: Option<Field>,
    /// Machine-readable reason.
    pub code: &'static str,
    /// Human-readable message; never repeats the cell, which may be personal data.
    pub message: String,
    /// Existing investor that the row looks like.
    pub investor_id: Option<InvestorId>,
}

impl Refusal {
    /// Creates a refusal of `field`, or of the whole row if `None`.
    pub fn new(field: impl Into<Option<Field>>, code: &'static str, message: impl Into<String>) -> Self {
        Self { field: field.into(), code, message: message.into(), investor_id: None }
    }

    /// Message about a row whose new investor looks like an existing one.
    pub fn duplicate(duplicate: &Duplicate) -> Self {
        let (field, what) = match duplicate.reasons.first() {
            Some(Reason::Phone) => (Field::Phone, "an existing investor has this phone number"),
            Some(Reason::SimilarName) => (Field::Name, "an existing investor has a similar name"),
            _ => (Field::Name, "an existing investor has this name"),
        };
        Self { investor_id: Some(duplicate.investor.id), ..Self::new(field, "possible_duplicate", what) }
    }
}

/// An investor's values from a row; an empty cell sets nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values {
    pub name: Option<Name>,
    pub kind: Option<Kind>,
    pub email: Option<Email>,
    pub phone: Option<Phone>,
    pub address: Option<Address>,
    pub country: Option<Country>,
    pub tier: Option<Tier>,
    pub status: Option<Status>,
    pub tags: Option<Vec<Tag>>,
    pub notes: Option<LongText>,
    pub external_key: Option<ExternalKey>,
}

/// Parses a row whose columns fill `fields`. Reports every invalid cell.
pub fn parse(cells: &Cells, fields: &[(usize, Field)], encoding: Encoding) -> Result<Values, Vec<Refusal>> {
    let mut values = Values::default();
    let mut tags = Vec::new();
    let mut refusals = Vec::new();
    for (column, field) in fields {
        let Some(text) = encoding.decode(cells.get(*column).unwrap_or_default()) else {
            refusals.push(Refusal::new(*field, "not_utf8", NOT_UTF8));
            continue;
        };
        if text.trim().is_empty() {
            continue;
        }
        if let Err(message) = values.set(*field, &cell::restored(&text), &mut tags) {
            refusals.push(Refusal::new(*field, "invalid", message));
        }
    }
    if !tags.is_empty() {
        match sorted_tags(tags) {
            Ok(tags) => values.tags = Some(tags),
            Err(error) => refusals.push(Refusal::new(Field::Tags, "invalid", first_message(&error))),
        }
    }
    if refusals.is_empty() { Ok(values) } else { Err(refusals) }
}

fn first_message(error: &Error) -> String {
    match error {
        Error::Invalid(errors) => errors.first().map(|error| error.message.clone()).unwrap_or_default(),
        other => other.to_string(),
    }
}

impl Values {
    /// Sets one field from a non-empty cell.
    fn set(&mut self, field: Field, text: &str, tags: &mut Vec<Tag>) -> Result<(), String> {
        match field {
            Field::Name => self.name = Some(owned(text)?),
            Field::Kind => self.kind = Some(choose(Kind::ALL, Kind::as_str, text)?),
            Field::Email => self.email = Some(owned(text)?),
            Field::Phone => self.phone = Some(owned(text)?),
            Field::Address => self.address = Some(owned(text)?),
            Field::Country => self.country = Some(owned(text)?),
            Field::Tier => self.tier = Some(choose(Tier::ALL, Tier::as_str, text)?),
            Field::Status => self.status = Some(choose(Status::ALL, Status::as_str, text)?),
            Field::Notes => self.notes = Some(owned(text)?),
            Field::ExternalKey => self.external_key = Some(owned(text)?),
            Field::Tags => {
                for tag in cell::split(text) {
                    tags.push(owned(&tag)?);
                }
            }
            // Starting an import maps no other field to these rows.
            _ => return Err("is not a field of investors".into()),
        }
        Ok(())
    }

    /// Whether the row has no values.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the row has a value for `key`.
    pub fn has(&self, key: Key) -> bool {
        match key {
            Key::Email => self.email.is_some(),
            Key::ExternalKey => self.external_key.is_some(),
            Key::Name => self.name.is_some(),
            Key::Number | Key::ExternalId => false,
        }
    }

    /// The change that the row makes to an existing investor.
    pub fn patch(&self) -> InvestorPatch {
        fn set<T: Clone>(value: Option<&T>) -> Patch<T> {
            value.cloned().map_or(Patch::Absent, Patch::Set)
        }
        InvestorPatch {
            name: self.name.clone(),
            kind: self.kind,
            email: set(self.email.as_ref()),
            phone: set(self.phone.as_ref()),
            address: set(self.address.as_ref()),
            country: set(self.country.as_ref()),
            tier: self.tier,
            status: self.status,
            relationship_manager_id: Patch::Absent,
            tags: self.tags.clone(),
            notes: set(self.notes.as_ref()),
            external_key: set(self.external_key.as_ref()),
        }
    }

    /// The new investor that the row creates, with `defaults` where the row has no value.
    pub fn new_investor(&self, defaults: &ImportDefaults) -> Result<NewInvestor, Vec<Refusal>> {
        let missing = |field| Refusal::new(field, "required", "is required for a new investor");
        let (name, kind) = (self.name.clone(), self.kind.or(defaults.kind));
        let (Some(name), Some(kind)) = (name.clone(), kind) else {
            let missing = [name.is_none().then(|| missing(Field::Name)), kind.is_none().then(|| missing(Field::Kind))];
            return Err(missing.into_iter().flatten().collect());
        };
        Ok(NewInvestor {
            name,
            kind,
            email: self.email.clone(),
            phone: self.phone.clone(),
            address: self.address.clone(),
            country: self.country.clone().or_else(|| defaults.country.clone()),
            tier: self.tier.or(defaults.tier),
            status: self.status.or(defaults.status),
            relationship_manager_id: defaults.relationship_manager_id,
            tags: self.tags.clone().unwrap_or_default(),
            notes: self.notes.clone(),
            external_key: self.external_key.clone(),
        })
    }
}

pub(super) fn owned<T: TryFrom<String, Error = String>>(text: &str) -> Result<T, String> {
    // A cell may end in a line break, a request may not.
    T::try_from(text.trim().to_owned())
}

/// Finds the choice named by `text`, ignoring case and treating spaces and hyphens as underscores.
pub(super) fn choose<T: Copy>(all: &[T], name: fn(T) -> &'static str, text: &str) -> Result<T, String> {
    let text = fold(text).replace([' ', '-'], "_");
    let found = all.iter().copied().find(|choice| name(*choice) == text);
    found.ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|choice| name(*choice)).collect();
        format!("must be one of {}", names.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::records::Records;

    const FIELDS: [(usize, Field); 5] =
        [(0, Field::Name), (1, Field::Kind), (2, Field::Email), (3, Field::Tags), (4, Field::Tags)];

    fn row(line: &[u8]) -> Result<Values, Vec<Refusal>> {
        let mut records = Records::new(b',', 0);
        let record = records.next(&mut &*line).unwrap();
        parse(&record.cells.unwrap(), &FIELDS, Encoding::Utf8)
    }

    #[test]
    fn cells_fill_fields_and_empty_cells_set_nothing() {
        let values = row(b" Ann Lee ,Family office,,beta; alpha|Beta,gamma\n").unwrap();
        assert_eq!(values.name.as_ref().unwrap().as_str(), "Ann Lee");
        assert_eq!(values.kind, Some(Kind::FamilyOffice));
        assert_eq!(values.email, None);
        let tags: Vec<&str> = values.tags.as_ref().unwrap().iter().map(Tag::as_str).collect();
        assert_eq!(tags, ["alpha", "beta", "gamma"]);
        assert_eq!(values.patch().email, Patch::Absent);
        assert!(row(b" ,,,,\n").unwrap().is_empty());
    }

    #[test]
    fn every_invalid_cell_is_reported_without_its_value() {
        let refusals = row(b"M\xFCller,robot,secret at example,,\n").unwrap_err();
        let named: Vec<_> = refusals.iter().map(|refusal| (refusal.field.unwrap(), refusal.code)).collect();
        assert_eq!(named, [(Field::Name, "not_utf8"), (Field::Kind, "invalid"), (Field::Email, "invalid")]);
        assert!(refusals.iter().all(|refusal| !refusal.message.contains("secret")));
        let many: Vec<String> = (0..21).map(|n| format!("tag {n}")).collect();
        let refusals = row(format!("Ann,person,,{},\n", many.join(";")).as_bytes()).unwrap_err();
        assert_eq!(refusals[0].field, Some(Field::Tags));
    }

    #[test]
    fn a_new_investor_needs_a_name_and_a_kind() {
        let values = row(b"Ann,,,,\n").unwrap();
        let missing = values.new_investor(&ImportDefaults::default()).unwrap_err();
        assert_eq!(missing[0].field, Some(Field::Kind));
        let defaults = ImportDefaults { kind: Some(Kind::Person), tier: Some(Tier::Gold), ..Default::default() };
        let new = values.new_investor(&defaults).unwrap();
        assert_eq!((new.kind, new.tier), (Kind::Person, Some(Tier::Gold)));
    }
}
