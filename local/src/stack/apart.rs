//! Environment for functions running in a separate process against this stack: the variables that the template sets on AWS.

use super::clients::{Clients, REGION};
use super::running::{KEYS_TABLE, MAIL_ADDRESS, TABLE};
use crate::folder::Folder;
use crate::kms::Kms;
use crate::objects::BUCKET;
use crate::problem::Problem;
use crate::{gateway, mail};

/// File in the data folder that contains them, in the format of `cargo lambda watch --env-file`.
const FILE: &str = "functions.env";

/// Addresses of the parts of the stack.
pub(super) struct Places<'a> {
    pub(super) base_url: &'a str,
    pub(super) live_url: &'a str,
    pub(super) dynamodb: &'a str,
    pub(super) setup_token: Option<&'a str>,
}

/// Writes the variables to the data folder, readable only by its owner. They are valid while this stack runs.
pub(super) fn write(folder: &Folder, clients: &Clients, kms: &Kms, places: &Places<'_>) -> Result<(), Problem> {
    let base_url = places.base_url;
    let mut variables = vec![
        ("AWS_REGION", REGION.to_owned()),
        ("AWS_ACCESS_KEY_ID", clients.access_key_id.clone()),
        ("AWS_SECRET_ACCESS_KEY", clients.secret_access_key.clone()),
        ("AWS_ENDPOINT_URL", base_url.to_owned()),
        ("AWS_ENDPOINT_URL_DYNAMODB", places.dynamodb.to_owned()),
        ("AWS_ENDPOINT_URL_KMS", format!("{base_url}{}", kms.path())),
        ("AWS_ENDPOINT_URL_SES", format!("{base_url}{}", mail::BASE)),
        ("TABLE_NAME", TABLE.to_owned()),
        ("KEYS_TABLE_NAME", KEYS_TABLE.to_owned()),
        ("BUCKET_NAME", BUCKET.to_owned()),
        ("KMS_KEY_ID", "local".to_owned()),
        ("LIVE_URL", places.live_url.to_owned()),
        ("LIVE_ENDPOINT", format!("{base_url}{}", gateway::BASE)),
        ("MAIL_FROM", MAIL_ADDRESS.to_owned()),
        ("MAIL_PER_SECOND", "1000".to_owned()),
        ("WEB_ORIGIN", base_url.to_owned()),
    ];
    variables.extend(places.setup_token.map(|token| ("SETUP_TOKEN", token.to_owned())));
    let lines: Vec<String> = variables.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    folder.keep(FILE, lines.concat().as_bytes())
}
