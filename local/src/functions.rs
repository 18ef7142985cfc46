//! Where the stack meets the functions: the only place that names those which are driven by events.

use std::sync::Arc;
use std::time::Duration;

use shared::App;

use crate::gateway::Live;
use crate::pump::Consumer;

/// The functions that take the table's stream, with the batch size and time-out that `template.yaml` gives them.
pub(crate) fn consumers(app: &App) -> Vec<Consumer> {
    let for_changes = app.clone();
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
    vec![on_change]
}

/// The function behind the WebSocket gateway.
pub(crate) fn live(app: &App) -> Live {
    let app = app.clone();
    Arc::new(move |request| {
        let app = app.clone();
        Box::pin(async move { Ok(live::handle(&app, request).await) })
    })
}
