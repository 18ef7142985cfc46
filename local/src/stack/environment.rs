//! The environment of a function that runs in a process of its own against this stack: the variables that the template sets on AWS.

use super::clients::Clients;
use super::names::{KEYS_TABLE, MAIL_ADDRESS, REGION, TABLE};
use crate::folder::{Folder, FolderError};
use crate::kms::Kms;
use crate::objects::BUCKET;
use crate::{gateway, mail};

/// File in the data folder that contains the variables, in the format of `cargo lambda watch --env-file`.
const FILE: &str = "functions.env";

/// Addresses of the parts of the stack.
pub(super) struct Endpoints<'a> {
    pub(super) base_url: &'a str,
    pub(super) live_url: &'a str,
    pub(super) dynamodb_url: &'a str,
    pub(super) setup_token: Option<&'a str>,
}

/// Writes the variables to the data folder, readable only by its owner. They are valid while this stack runs.
pub(super) fn write(
    folder: &Folder,
    clients: &Clients,
    kms: &Kms,
    endpoints: &Endpoints<'_>,
) -> Result<(), FolderError> {
    let base_url = endpoints.base_url;
    let mut variables = vec![
        ("AWS_REGION", REGION.to_owned()),
        ("AWS_ACCESS_KEY_ID", clients.access_key_id.clone()),
        ("AWS_SECRET_ACCESS_KEY", clients.secret_access_key.clone()),
        ("AWS_ENDPOINT_URL", base_url.to_owned()),
        ("AWS_ENDPOINT_URL_DYNAMODB", endpoints.dynamodb_url.to_owned()),
        ("AWS_ENDPOINT_URL_KMS", format!("{base_url}{}", kms.path())),
        ("AWS_ENDPOINT_URL_SES", format!("{base_url}{}", mail::BASE)),
        ("TABLE_NAME", TABLE.to_owned()),
        ("KEYS_TABLE_NAME", KEYS_TABLE.to_owned()),
        ("BUCKET_NAME", BUCKET.to_owned()),
        ("KMS_KEY_ID", "local".to_owned()),
        ("LIVE_URL", endpoints.live_url.to_owned()),
        ("LIVE_ENDPOINT", format!("{base_url}{}", gateway::BASE)),
        ("MAIL_FROM", MAIL_ADDRESS.to_owned()),
        ("MAIL_PER_SECOND", "1000".to_owned()),
        ("WEB_ORIGIN", base_url.to_owned()),
    ];
    variables.extend(endpoints.setup_token.map(|token| ("SETUP_TOKEN", token.to_owned())));
    let lines: Vec<String> = variables.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    folder.write_file(FILE, lines.concat().as_bytes())
}
