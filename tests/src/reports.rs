//! Reports as PDF: what they say, and what does no harm to them.
