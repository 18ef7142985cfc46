//! Connects the stack to the event-driven functions; the only module that names them.

use std::sync::Arc;
use std::time::Duration;

use investor_relations::reminder::Limits;
use kernel::Error;
use platform::App;
use platform::rotation::{self, Request};
use product_development::deadline;

use crate::gateway::LiveFunction;
use crate::pump::Consumer;
use crate::scheduler::Scheduled;
use crate::uploads::UploadFunction;

/// Filter of the records for `run-jobs`, as in `template.yaml`.
const JOBS: &str = concat!(
    r#"{"eventName": ["INSERT", "MODIFY"], "dynamodb": {"NewImage": "#,
    r#"{"type": {"S": ["import_progress", "merge", "product_deletion"]}, "state": {"S": ["running"]}}}}"#,
);

/// Filter of the records for `send-mail`, as in `template.yaml`.
const MAILS: &str = r#"{"eventName": ["INSERT"], "dynamodb": {"NewImage": {"type": {"S": ["outgoing_mail"]}}}}"#;

/// The functions that consume the table's stream, with the batch size and timeout from `template.yaml`.
pub(crate) fn consumers(app: &App) -> Vec<Consumer> {
    let (for_changes, for_jobs) = (app.clone(), app.clone());
    let on_change = Consumer {
        name: "on-change",
        batch: 100,
        time_out: Duration::from_mins(1),
        pattern: None,
        handle: Arc::new(move |event| {
            let app = for_changes.clone();
            Box::pin(async move { Ok(on_change::handle(&app, event).await) })
        }),
    };
    let run_jobs = Consumer {
        name: "run-jobs",
        batch: 1,
        time_out: Duration::from_mins(2),
        pattern: serde_json::from_str(JOBS).ok(),
        handle: Arc::new(move |event| {
            let app = for_jobs.clone();
            Box::pin(async move { Ok(run_jobs::handle(&app, event).await) })
        }),
    };
    let for_mails = app.clone();
    let send_mail = Consumer {
        name: "send-mail",
        batch: 10,
        time_out: Duration::from_mins(1),
        pattern: serde_json::from_str(MAILS).ok(),
        handle: Arc::new(move |event| {
            let app = for_mails.clone();
            Box::pin(async move { Ok(send_mail::handle_stream(&app, event).await) })
        }),
    };
    vec![on_change, run_jobs, send_mail]
}

/// The scheduled functions.
pub(crate) fn scheduled(app: &App) -> Vec<Scheduled> {
    let (for_reminders, for_mails, for_deadlines) = (app.clone(), app.clone(), app.clone());
    let send_reminders = Scheduled {
        name: "send-reminders",
        run: Arc::new(move || {
            let app = for_reminders.clone();
            Box::pin(async move {
                let report = send_reminders::handle(&app, &Limits::default()).await?;
                serde_json::to_value(report).map_err(Error::defect)
            })
        }),
    };
    let send_mail = Scheduled {
        name: "send-mail",
        run: Arc::new(move || {
            let app = for_mails.clone();
            Box::pin(async move { send_mail::handle(&app, serde_json::json!({})).await })
        }),
    };
    let check_deadlines = Scheduled {
        name: "check-deadlines",
        run: Arc::new(move || {
            let app = for_deadlines.clone();
            Box::pin(async move {
                let report = check_deadlines::handle(&app, &deadline::Limits::default()).await?;
                serde_json::to_value(report).map_err(Error::defect)
            })
        }),
    };
    let for_keys = app.clone();
    let rotate_keys = Scheduled {
        name: "rotate-keys",
        run: Arc::new(move || {
            let app = for_keys.clone();
            Box::pin(async move {
                let report = rotate_keys::handle(&app, Request::default(), &rotation::Limits::default()).await?;
                serde_json::to_value(report).map_err(Error::defect)
            })
        }),
    };
    vec![send_reminders, send_mail, check_deadlines, rotate_keys]
}

/// The function that checks uploaded files.
pub(crate) fn on_upload(app: &App) -> UploadFunction {
    let app = app.clone();
    Arc::new(move |event| {
        let app = app.clone();
        Box::pin(async move {
            let event = serde_json::from_value(event).map_err(Error::defect)?;
            on_upload::handle(&app, event).await
        })
    })
}

/// The function behind the WebSocket gateway.
pub(crate) fn live(app: &App) -> LiveFunction {
    let app = app.clone();
    Arc::new(move |request| {
        let app = app.clone();
        Box::pin(async move { Ok(live::handle(&app, request).await) })
    })
}

#[cfg(test)]
mod tests {
    use super::{JOBS, MAILS};

    #[test]
    fn filters_match_the_template() {
        let template = include_str!("../../template.yaml");
        for (name, filter) in [("run-jobs", JOBS), ("send-mail", MAILS)] {
            assert!(
                template.contains(&format!("Pattern: '{filter}'")),
                "template.yaml has a different filter for {name}"
            );
            assert!(serde_json::from_str::<serde_json::Value>(filter).is_ok());
        }
    }
}
