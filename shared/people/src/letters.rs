//! What the emails about an account say. They may reach a stranger, so only an invitation names the user: it leads into their account anyway.

use crate::link::Purpose;
use crate::outbox::FactorChange;
use platform::mail::{Letter, Line};

/// A notification that its user wants by email.
pub(crate) fn notification(web: &str, title: &str, body: Option<String>, link: &str) -> Letter {
    Letter {
        subject: Line::new(title),
        paragraphs: body.into_iter().collect(),
        quote: None,
        link: Some(("Open in Steward".into(), format!("{web}{link}"))),
        footer: format!("You chose to receive this by email. You can change this at {web}/settings."),
    }
}

/// An invitation to set the first password, which works until `ends`.
pub(crate) fn invitation(link: String, username: &str, ends: &str) -> Letter {
    Letter {
        subject: Line::new("You have been invited to Steward"),
        paragraphs: vec![
            format!("An admin has created an account for you. Your username is {username}."),
            "Set a password to start using the account.".into(),
            format!("The link works once, until {ends}. After that, ask an admin for a new one."),
        ],
        quote: None,
        link: Some(("Set your password".into(), link)),
        footer: "If you don't know about this, ignore this email.".into(),
    }
}

/// A link that resets the password.
pub(crate) fn password_reset(link: String) -> Letter {
    let minutes = Purpose::PasswordReset.seconds() / 60;
    Letter {
        subject: Line::new("Reset your Steward password"),
        paragraphs: vec![
            "Someone, probably you or an admin, requested a link to reset the password for your account.".into(),
            format!("The link works once and expires in {minutes} minutes. A new password signs you out everywhere."),
        ],
        quote: None,
        link: Some(("Set a new password".into(), link)),
        footer: "If this wasn't you, ignore this email. Your password stays the same.".into(),
    }
}

/// The password has changed.
pub(crate) fn password_changed(web: &str) -> Letter {
    Letter {
        subject: Line::new("Your Steward password was changed"),
        paragraphs: vec![
            "The password for your account has just been changed.".into(),
            "If this was you, there is nothing to do. If it wasn't, reset your password now and tell an admin.".into(),
        ],
        quote: None,
        link: Some(("Reset your password".into(), format!("{web}/forgot-password"))),
        footer: "You receive this because it concerns the security of your account.".into(),
    }
}

/// A link that confirms a new address, sent to it.
pub(crate) fn email_confirmation(link: String) -> Letter {
    let hours = Purpose::EmailConfirmation.seconds() / 3600;
    Letter {
        subject: Line::new("Confirm your new email address"),
        paragraphs: vec![
            "This address was entered as the new email address of a Steward account.".into(),
            format!("Confirm it to start using it. The link works once and expires in {hours} hours."),
        ],
        quote: None,
        link: Some(("Confirm this address".into(), link)),
        footer: "If this isn't your account, ignore this email. The account keeps its address.".into(),
    }
}

/// Somebody wants to change the address; sent to the present one.
pub(crate) fn email_change_requested(web: &str) -> Letter {
    Letter {
        subject: Line::new("Your Steward email address is about to change"),
        paragraphs: vec![
            "A new email address was entered for your account. It replaces this one as soon as it is confirmed.".into(),
            "If you don't know about this, reset your password now and tell an admin.".into(),
        ],
        quote: None,
        link: Some(("Reset your password".into(), format!("{web}/forgot-password"))),
        footer: "You receive this because it concerns the security of your account.".into(),
    }
}

/// The address has changed; sent to the old one.
pub(crate) fn email_changed() -> Letter {
    Letter {
        subject: Line::new("Your Steward email address was changed"),
        paragraphs: vec![
            "The new email address of your account has been confirmed. Steward sends nothing more to this one.".into(),
            "If you don't know about this, tell an admin now: they can disable the account and restore its address."
                .into(),
        ],
        quote: None,
        link: None,
        footer: "You receive this because it concerns the security of your account.".into(),
    }
}

/// The second factors have changed.
pub(crate) fn factors_changed(web: &str, change: FactorChange) -> Letter {
    let (subject, text) = match change {
        FactorChange::TotpAdded => ("Authenticator app added", "An authenticator app was added to your account."),
        FactorChange::TotpRemoved => {
            ("Authenticator app removed", "The authenticator app was removed from your account.")
        }
        FactorChange::PasskeyAdded => ("Passkey added", "A passkey was added to your account."),
        FactorChange::PasskeyRemoved => ("Passkey removed", "A passkey was removed from your account."),
        FactorChange::CodesReplaced => {
            ("New recovery codes", "New recovery codes were created for your account. The old ones no longer work.")
        }
        FactorChange::CodeUsed => ("Recovery code used", "A recovery code was used to sign in to your account."),
        FactorChange::Reset => (
            "Second factors removed",
            "An admin removed the authenticator app, the passkeys and the recovery codes from your account.",
        ),
    };
    Letter {
        subject: Line::new(subject),
        paragraphs: vec![text.into()],
        quote: None,
        link: Some(("Check your account".into(), format!("{web}/profile"))),
        footer: "If this wasn't you, change your password and tell an admin.".into(),
    }
}
