//! Office documents: ZIP archives of parts, and of relationships between the parts and with the world (ECMA-376 part 2).
//!
//! A document may fetch content from elsewhere when it is opened, carry other files, or run macros. Those that do are not passed on.

use bytes::Bytes;
use quick_xml::events::Event;
use quick_xml::events::attributes::Attribute;
use quick_xml::{Reader, XmlVersion};

use super::Source;
use super::unpack::Unpacker;
use super::zip::{self, Entry};
use crate::upload::{FileType, QuarantineReason};
use kernel::error::Error;

/// Maximum number of bytes that an archive may unpack to: 1 GB.
const MAX_UNPACKED: u64 = 1_000_000_000;
/// Maximum length in bytes of a part that is read as XML. Documents with thousands of links have relationships of a megabyte.
const MAX_XML: u64 = 8 * 1024 * 1024;
/// Maximum length in bytes of the workbook behind a chart, which is inspected in memory.
const MAX_WORKBOOK: u64 = 32 * 1024 * 1024;

/// Parts of content types that stand for macros.
const MACRO_TYPES: [&str; 5] = ["macroenabled", "vbaproject", "vbadata", "macrosheet", "attachedtoolbars"];
/// Parts of content types that stand for embedded objects.
const OBJECT_TYPES: [&str; 2] = ["activex", "oleobject"];
/// Parts of content types that stand for content from elsewhere: links to other workbooks or to running programs (DDE), connections to
/// databases and web pages, and the tables filled from them.
const CONTENT_TYPES_FROM_ELSEWHERE: [&str; 3] = ["externallink", "connections+xml", "querytable"];
/// Kinds of relationships to content from elsewhere.
const RELATIONSHIPS_TO_ELSEWHERE: [&str; 3] = ["externallink", "connections", "querytable"];
/// Kinds of relationships to macros.
const MACRO_RELATIONSHIPS: [&str; 5] =
    ["vbaproject", "wordvbadata", "xlmacrosheet", "xlintlmacrosheet", "attachedtoolbars"];
/// Kinds of relationships to embedded objects. A foreign chunk is another file that Word takes in when it opens the document.
const OBJECT_RELATIONSHIPS: [&str; 4] = ["oleobject", "control", "activexcontrolbinary", "afchunk"];

/// Why a document is not passed on, or that it is.
type Found = Result<(), QuarantineReason>;

/// Checks that a file is an Office document of this type that neither unpacks to too much nor contains anything active.
pub(super) async fn check(kind: FileType, source: &impl Source) -> Result<Found, Error> {
    let mut left = MAX_UNPACKED;
    check_archive(kind, source, &mut left, true).await
}

/// Checks a document, or, if not `outer`, the workbook behind one of its charts. All of them together may unpack to `left` bytes.
async fn check_archive(kind: FileType, source: &impl Source, left: &mut u64, outer: bool) -> Result<Found, Error> {
    let tail_at = source.size().saturating_sub(zip::TAIL_BYTES);
    let tail = source.read(tail_at, zip::TAIL_BYTES).await?;
    let starts = source.read(0, 4).await?.starts_with(b"PK\x03\x04");
    let Some((entries, directory)) = zip::directory(&tail, source.size()).filter(|_| starts) else {
        return Ok(Err(QuarantineReason::WrongType));
    };
    let folder = match kind {
        FileType::Docx => "word/",
        FileType::Xlsx => "xl/",
        _ => "ppt/",
    };
    let has = |test: &dyn Fn(&str) -> bool| entries.iter().any(|entry| test(&entry.name));
    let required = has(&|name| name == "[content_types].xml") && has(&|name| name == "_rels/.rels");
    if !required || !has(&|name| name.starts_with(folder)) {
        return Ok(Err(QuarantineReason::WrongType));
    }
    let declared = entries.iter().try_fold(0_u64, |sum, entry| sum.checked_add(entry.unpacked));
    match declared.and_then(|declared| left.checked_sub(declared)) {
        Some(rest) => *left = rest,
        None => return Ok(Err(QuarantineReason::UnpacksTooLarge)),
    }
    // What is wrong with a part's name is known before anything is unpacked.
    if let Some(reason) = entries.iter().find_map(|entry| check_name(&entry.name).err()) {
        return Ok(Err(reason));
    }
    let ends = entries.iter().skip(1).map(|next| next.at).chain([directory]);
    let mut unpacker = Unpacker::new(source);
    for (entry, end) in entries.iter().zip(ends) {
        let part = Part::of(entry);
        let Some(bytes) = unpacker.unpack(entry, end, part.most()).await? else {
            return Ok(Err(QuarantineReason::WrongType));
        };
        let found = match part {
            Part::Other => Ok(()),
            _ if entry.unpacked > part.most() => Err(part.too_large()),
            Part::Types => check_types(&bytes),
            Part::Relationships => check_relationships(&entry.name, &bytes),
            // The workbook behind a chart has no charts with workbooks of their own.
            Part::Workbook if !outer => Err(QuarantineReason::EmbeddedObject),
            Part::Workbook => {
                let workbook = Memory(bytes.into());
                Box::pin(check_archive(FileType::Xlsx, &workbook, left, false)).await?.map_err(of_embedded)
            }
        };
        if found.is_err() {
            return Ok(found);
        }
    }
    Ok(Ok(()))
}

/// A file within a document that is not a workbook is an embedded object, whatever it is.
fn of_embedded(reason: QuarantineReason) -> QuarantineReason {
    if reason == QuarantineReason::WrongType { QuarantineReason::EmbeddedObject } else { reason }
}

/// The parts of a document that are looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The list of the types of all parts.
    Types,
    /// The relationships of a part.
    Relationships,
    /// The workbook with a chart's numbers.
    Workbook,
    /// Anything else.
    Other,
}

impl Part {
    fn of(entry: &Entry) -> Self {
        if entry.name == "[content_types].xml" {
            Self::Types
        } else if has_ending(&entry.name, "rels") {
            Self::Relationships
        } else if entry.name.contains("/embeddings/") {
            Self::Workbook
        } else {
            Self::Other
        }
    }

    /// Maximum length in bytes of such a part that is read.
    fn most(self) -> u64 {
        match self {
            Self::Types | Self::Relationships => MAX_XML,
            Self::Workbook => MAX_WORKBOOK,
            Self::Other => 0,
        }
    }

    fn too_large(self) -> QuarantineReason {
        if self == Self::Workbook { QuarantineReason::EmbeddedObject } else { QuarantineReason::WrongType }
    }
}

/// Whether a name, in lower case, has this ending after its last dot.
fn has_ending(name: &str, ending: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, last)| last == ending)
}

/// Checks a part by its name, in lower case.
fn check_name(name: &str) -> Found {
    let embedded = name.contains("/embeddings/") && !name.ends_with('/') && !has_ending(name, "xlsx");
    if name.ends_with("vbaproject.bin") || name.ends_with("vbadata.xml") || name.contains("macrosheets/") {
        Err(QuarantineReason::Macros)
    } else if name.contains("/activex/") || embedded {
        Err(QuarantineReason::EmbeddedObject)
    } else if name.contains("/externallinks/") {
        Err(QuarantineReason::ExternalContent)
    } else {
        Ok(())
    }
}

/// Checks the list of the types of all parts.
fn check_types(xml: &[u8]) -> Found {
    elements(xml, &["Default", "Override"], |attribute| {
        let kind = attribute("ContentType").to_ascii_lowercase();
        let has = |marks: &[&str]| marks.iter().any(|mark| kind.contains(mark));
        if has(&MACRO_TYPES) {
            Err(QuarantineReason::Macros)
        } else if has(&OBJECT_TYPES) {
            Err(QuarantineReason::EmbeddedObject)
        } else if has(&CONTENT_TYPES_FROM_ELSEWHERE) {
            Err(QuarantineReason::ExternalContent)
        } else {
            Ok(())
        }
    })
}

/// Checks the relationships in the part `name`.
fn check_relationships(name: &str, xml: &[u8]) -> Found {
    // A chart has its numbers in a workbook; anything else that has a file has embedded it.
    let of_chart = name.contains("/charts/_rels/");
    elements(xml, &["Relationship"], |attribute| {
        let kind = attribute("Type").to_ascii_lowercase();
        let kind = kind.rsplit('/').next().unwrap_or_default();
        let external = attribute("TargetMode").eq_ignore_ascii_case("external");
        if MACRO_RELATIONSHIPS.contains(&kind) {
            Err(QuarantineReason::Macros)
        } else if OBJECT_RELATIONSHIPS.contains(&kind) || (kind == "package" && !of_chart) {
            Err(QuarantineReason::EmbeddedObject)
        } else if RELATIONSHIPS_TO_ELSEWHERE.contains(&kind) || (external && !may_leave(kind, &attribute("Target"))) {
            Err(QuarantineReason::ExternalContent)
        } else {
            Ok(())
        }
    })
}

/// Whether a relationship of this kind may lead out of the document: a link that a reader follows, or the template of its author.
fn may_leave(kind: &str, target: &str) -> bool {
    kind == "hyperlink" || (kind == "attachedtemplate" && is_drive(target))
}

/// Whether a target is on a drive of whoever opens the document. Every document made from a company's template names that template,
/// where its author had it; Word looks for it on the reader's own drive, and asks no server.
fn is_drive(target: &str) -> bool {
    let path = target.strip_prefix("file:///").unwrap_or(target).as_bytes();
    matches!(path, [letter, b':', b'\\' | b'/', next, ..] if letter.is_ascii_alphabetic() && !matches!(next, b'\\' | b'/'))
}

/// Passes each element with one of these names to `check`, as a function from an attribute's name to its value. XML that could be read
/// in more than one way is refused.
fn elements(xml: &[u8], names: &[&str], check: impl Fn(&dyn Fn(&str) -> String) -> Found) -> Found {
    let wrong = QuarantineReason::WrongType;
    // Without zeros, so that it is not UTF-16 either.
    let text = std::str::from_utf8(xml).ok().filter(|text| !text.contains('\0')).ok_or(wrong)?;
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event().map_err(|_| wrong)? {
            Event::Start(element) | Event::Empty(element) => {
                let attributes: Result<Vec<Attribute<'_>>, _> = element.attributes().collect();
                let attributes = attributes.map_err(|_| wrong)?;
                let mut values = Vec::new();
                for attribute in &attributes {
                    let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| wrong)?;
                    values.push((attribute.key, value));
                }
                let value = |name: &str| {
                    let found = values.iter().find(|(key, _)| key.as_ref() == name.as_bytes());
                    found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
                };
                if names.iter().any(|name| element.local_name().as_ref() == name.as_bytes()) {
                    check(&value)?;
                }
            }
            Event::Decl(declaration) => {
                let encoding = declaration.encoding().transpose().map_err(|_| wrong)?;
                if encoding.is_some_and(|name| !name.eq_ignore_ascii_case(b"utf-8")) {
                    return Err(wrong);
                }
            }
            // It could define what the names above stand for.
            Event::DocType(_) => return Err(wrong),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// Bytes in memory.
pub(super) struct Memory(pub(super) Bytes);

impl Source for Memory {
    fn size(&self) -> u64 {
        u64::try_from(self.0.len()).unwrap_or(u64::MAX)
    }

    async fn read(&self, from: u64, length: u64) -> Result<Bytes, Error> {
        let place = |at: u64| usize::try_from(at).map_or(self.0.len(), |at| at.min(self.0.len()));
        Ok(self.0.slice(place(from)..place(from.saturating_add(length))))
    }
}
