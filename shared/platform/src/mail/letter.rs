//! Layout of a message: the same content as HTML and plain text, with every value escaped.

use std::fmt::Write as _;

/// A single line of text: cannot contain line breaks or other control characters, so it cannot end a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line(String);

impl Line {
    /// Puts the text on one line: control characters and marks that change the reading order become spaces; cut to 200 characters.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let breaks = |c: char| {
            c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
        };
        let plain: String = text.chars().map(|c| if breaks(c) { ' ' } else { c }).collect();
        let words: Vec<&str> = plain.split_whitespace().collect();
        Self(words.join(" ").chars().take(200).collect())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A rendered message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The subject line.
    pub subject: Line,
    /// The body as a complete HTML document.
    pub html: String,
    /// The body as plain text.
    pub text: String,
}

/// The content of a message before rendering. Every part is plain text; rendering escapes it.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Subject line, also the heading of the body.
    pub subject: Line,
    /// Opening paragraphs.
    pub paragraphs: Vec<String>,
    /// Text written by a user, set apart and with its line breaks kept.
    pub quote: Option<String>,
    /// Label and URL of the link.
    pub link: Option<(String, String)>,
    /// Why the recipient got this message, in small print.
    pub footer: String,
}

/// Escapes text for HTML, in an element or a quoted attribute.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

impl Letter {
    /// Renders the message as HTML and plain text.
    #[must_use]
    pub fn set(self) -> Mail {
        let (html, text) = (self.html(), self.text());
        Mail { subject: self.subject, html, text }
    }

    fn html(&self) -> String {
        let subject = escape(self.subject.as_str());
        let mut body = format!("<h1 style=\"font-size:20px;line-height:28px;margin:0 0 16px\">{subject}</h1>");
        for paragraph in &self.paragraphs {
            let _ = write!(body, "<p style=\"margin:0 0 16px\">{}</p>", escape(paragraph));
        }
        if let Some(quote) = &self.quote {
            let style = "margin:0 0 16px;padding:4px 0 4px 12px;border-left:3px solid #6366f1;white-space:pre-wrap";
            let _ = write!(body, "<blockquote style=\"{style}\">{}</blockquote>", escape(quote));
        }
        if let Some((name, address)) = &self.link {
            let style = "display:inline-block;padding:10px 16px;border-radius:6px;background:#4f46e5;color:#ffffff;\
                         text-decoration:none;font-weight:600";
            let (name, address) = (escape(name), escape(address));
            let _ = write!(body, "<p style=\"margin:0 0 16px\"><a href=\"{address}\" style=\"{style}\">{name}</a></p>");
        }
        let footer = escape(&self.footer);
        let _ = write!(body, "<p style=\"margin:24px 0 0;font-size:12px;color:#5b6472\">{footer}</p>");
        format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
             content=\"width=device-width\"><title>{subject}</title></head><body style=\"margin:0;padding:24px;\
             font-family:-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;font-size:15px;line-height:22px;\
             color:#171a21;background:#ffffff\"><div style=\"max-width:560px;margin:0 auto\">{body}</div></body></html>"
        )
    }

    fn text(&self) -> String {
        let mut parts = vec![self.subject.as_str().to_owned()];
        parts.extend(self.paragraphs.iter().cloned());
        parts.extend(self.quote.as_ref().map(|quote| {
            quote.lines().map(|line| format!("> {line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
        }));
        parts.extend(self.link.as_ref().map(|(name, address)| format!("{name}:\n{address}")));
        parts.push(format!("-- \n{}", self.footer));
        parts.join("\n\n") + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn letter(text: &str) -> Mail {
        Letter {
            subject: Line::new(text),
            paragraphs: vec![text.into()],
            quote: Some(text.into()),
            link: Some((text.into(), format!("https://steward.example.com/{text}"))),
            footer: text.into(),
        }
        .set()
    }

    #[test]
    fn markup_and_line_breaks_are_escaped() {
        let mail = letter("Acme\"><script>alert(1)</script>\r\nBcc: all@example.com");
        assert_eq!(mail.subject.as_str(), "Acme\"><script>alert(1)</script> Bcc: all@example.com");
        assert!(!mail.html.contains("<script"), "{}", mail.html);
        assert!(mail.html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
        assert!(!mail.html.contains("Acme\">"), "text ended an attribute");
        assert!(mail.text.contains("> Bcc: all@example.com"), "{}", mail.text);
    }

    proptest! {
        #[test]
        fn no_text_breaks_a_line_or_opens_an_element(text in "\\PC{0,40}[\\r\\n\\u{85}\\u{2028}<>&\"']{0,6}\\PC{0,40}") {
            let mail = letter(&text);
            prop_assert!(!mail.subject.as_str().chars().any(char::is_control));
            prop_assert!(mail.subject.as_str().chars().count() <= 200);
            // Tags in an empty message are all the tags that any message has.
            prop_assert_eq!(mail.html.matches('<').count(), letter("").html.matches('<').count());
            prop_assert_eq!(mail.html.matches('"').count(), letter("").html.matches('"').count());
        }
    }
}
