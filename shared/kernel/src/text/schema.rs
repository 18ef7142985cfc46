//! What the API document says about texts. The patterns accept the text as it is sent, before spaces at its ends are removed.

use std::collections::BTreeMap;

use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};

use super::{COUNTRIES, Form};

/// A single line with a visible character.
pub(super) const LINE: &str = r"^[^\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]*[^\u0000-\u001F\u007F-\u009F\p{Z}\p{C}\p{M}\p{DI}\u2800][^\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]*$";
/// Like [`LINE`], with tabs and line breaks.
pub(super) const LINES: &str = r"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]*[^\u0000-\u001F\u007F-\u009F\p{Z}\p{C}\p{M}\p{DI}\u2800][^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]*$";
pub(super) const PHONE: &str = r"^\p{Z}*(?:[ +()./x#\-]*[0-9]){3}[0-9 +()./x#\-]*\p{Z}*$";
pub(super) const USERNAME: &str = r"^\p{Z}*[A-Za-z0-9][A-Za-z0-9._\-]+[A-Za-z0-9]\p{Z}*$";
pub(super) const EMAIL: &str = r"^\p{Z}*(?=[^@]{1,64}@)[\p{Alphabetic}\p{N}!#$%&'*+\-/=?^_`{|}~]+(?:\.[\p{Alphabetic}\p{N}!#$%&'*+\-/=?^_`{|}~]+)*@[\p{Alphabetic}\p{N}](?:[\p{Alphabetic}\p{N}\-]{0,61}[\p{Alphabetic}\p{N}])?(?:\.[\p{Alphabetic}\p{N}](?:[\p{Alphabetic}\p{N}\-]{0,61}[\p{Alphabetic}\p{N}])?)+\p{Z}*$";

/// The codes in upper or lower case, by their first letter.
pub(super) fn country() -> String {
    let mut seconds = BTreeMap::<&str, String>::new();
    for (first, second) in COUNTRIES.split(' ').map(|code| code.split_at(1)) {
        seconds.entry(first).or_default().push_str(second);
    }
    let either = |letters: &str| format!("[{letters}{}]", letters.to_ascii_lowercase());
    let codes = seconds.iter().map(|(first, seconds)| either(first) + &either(seconds));
    format!("^(?:{})$", codes.collect::<Vec<_>>().join("|"))
}

/// All names in the bundled database.
pub(super) fn time_zone() -> String {
    let mut names: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    names.sort_unstable();
    format!("^(?:{})$", names.join("|").replace('+', r"\+"))
}

/// A text of this form; `lines` are the lines of its doc comment.
pub(super) fn of(form: &Form, lines: &[&str]) -> RefOr<Schema> {
    let description = lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join("\n");
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(description))
        .min_length(Some(form.least))
        .max_length(Some(form.most))
        .pattern(Some((form.pattern)()))
        .format(form.format.map(|format| SchemaFormat::Custom(format.into())))
        .into()
}
