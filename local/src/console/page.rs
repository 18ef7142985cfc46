//! The console's page.

use std::fmt::Write as _;

use super::Status;

/// Style sheet of the console.
pub(super) const STYLE: &str = "
:root { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif; }
body { margin: 32px auto; max-width: 900px; padding: 0 16px; }
h1 { font-size: 20px; } h2 { font-size: 14px; margin: 32px 0 8px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 8px 16px 8px 0; border-bottom: 1px solid #8884; vertical-align: top; }
th { font-weight: 500; opacity: .7; } code { font-size: 12px; overflow-wrap: anywhere; }
form { display: inline; } button { font: inherit; padding: 4px 12px; margin: 2px 4px 2px 0; cursor: pointer; }
iframe { width: 100%; height: 480px; border: 1px solid #8884; border-radius: 6px; background: #fff; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; }
";

/// Renders the page for `status`.
pub(super) fn render(status: &Status) -> String {
    let mut body = String::from("<h1>Steward internals</h1>");
    body.push_str("<h2>Change stream</h2><table><tr><th>Function</th><th>Handled up to</th><th>State</th></tr>");
    for position in &status.consumers {
        let at = position.sequence.as_deref().unwrap_or("none yet");
        let state = if position.caught_up { "up to date" } else { "catching up" };
        let _ =
            write!(body, "<tr><td>{}</td><td><code>{}</code></td><td>{state}</td></tr>", position.consumer, escape(at));
    }
    let _ = write!(
        body,
        "</table><h2>Schedules</h2><table><tr><th>Function</th><th>When</th><th>Last run</th><th></th></tr>{}</table>\
         <p><a href=\"/_local/mail\">Sent mail</a></p><h2>Storage</h2><p>{} stream records, {} live connections.</p>\
         <form method=\"post\" action=\"/_local/expire\"><button>Delete expired items now</button></form>\
         <h2>Dead letters</h2>",
        schedules(status),
        status.records_kept,
        status.live_connections
    );
    if status.dead_letters.is_empty() {
        body.push_str("<p>None. Stream records that a function keeps rejecting are moved here.</p>");
    } else {
        body.push_str("<table><tr><th>When</th><th>Function</th><th>Why</th><th></th></tr>");
        for letter in &status.dead_letters {
            let _ = write!(
                body,
                "<tr><td>{at}</td><td>{consumer}</td><td>{reason}<br><code>{sequence}</code></td><td>\
                 <form method=\"post\" action=\"/_local/dead-letters/{id}/retry\"><button>Retry</button></form>\
                 <form method=\"post\" action=\"/_local/dead-letters/{id}/forget\"><button>Delete</button></form></td></tr>",
                at = escape(&letter.at),
                consumer = escape(&letter.consumer),
                reason = escape(&letter.reason),
                sequence = escape(&letter.sequence),
                id = letter.id,
            );
        }
        body.push_str("</table>");
    }
    document("Steward internals", &body)
}

fn schedules(status: &Status) -> String {
    let mut rows = String::new();
    for schedule in &status.schedules {
        let none = |text: &Option<String>| text.as_deref().map_or_else(|| "never".to_owned(), escape);
        let _ = write!(
            rows,
            "<tr><td>{name}</td><td><code>{expression}</code><br>next {next}</td><td>{last}<br><code>{outcome}</code></td>\
             <td><form method=\"post\" action=\"/_local/schedules/{name}/run\"><button>Run now</button></form></td></tr>",
            name = escape(&schedule.name),
            expression = escape(&schedule.expression),
            next = none(&schedule.next),
            last = none(&schedule.last),
            outcome = escape(schedule.outcome.as_deref().unwrap_or_default()),
        );
    }
    rows
}

/// A page of the console.
pub(super) fn document(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><link rel=\"stylesheet\" href=\"/_local/style.css\">\
         </head><body>{body}</body></html>"
    )
}

pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::DeadLetter;

    #[test]
    fn function_output_is_escaped() {
        let letter = DeadLetter {
            id: 7,
            consumer: "on-change".to_owned(),
            sequence: "1".to_owned(),
            reason: "<script>&".to_owned(),
            at: "now".to_owned(),
            event: String::new(),
        };
        let status = Status {
            consumers: vec![],
            schedules: vec![],
            records_kept: 3,
            live_connections: 1,
            dead_letters: vec![letter],
        };
        let page = render(&status);
        assert!(page.contains("&lt;script&gt;&amp;") && !page.contains("<script>"), "{page}");
        assert!(page.contains("/_local/dead-letters/7/retry"));
    }
}
