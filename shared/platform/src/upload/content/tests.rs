mod documents;

use std::io::Write as _;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use proptest::prelude::*;

use super::office::Memory;
use super::*;

const TYPES: &str =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Types><Default Extension=\"xml\" ContentType=\"text/xml\"/></Types>";
const RELATIONSHIPS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><Relationships/>";

/// A file in an archive: its name, its bytes, and how many bytes the directory says that there are.
struct Member<'a>(&'a str, &'a [u8], u32);

fn member<'a>(name: &'a str, bytes: &'a (impl AsRef<[u8]> + ?Sized)) -> Member<'a> {
    let bytes = bytes.as_ref();
    Member(name, bytes, u32::try_from(bytes.len()).unwrap())
}

/// Builds a ZIP archive.
fn archive(members: &[Member<'_>]) -> Vec<u8> {
    let (mut files, mut list) = (Vec::new(), Vec::new());
    for Member(name, bytes, declared) in members {
        let mut packed = DeflateEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(bytes).unwrap();
        let packed = packed.finish().unwrap();
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        let sizes = [u32::try_from(packed.len()).unwrap().to_le_bytes(), declared.to_le_bytes()].concat();
        let common = [&[20, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0], &sizes[..], &length, &[0; 2]].concat();
        let offset = u32::try_from(files.len()).unwrap().to_le_bytes();
        files.extend([b"PK\x03\x04", &common[..], name.as_bytes(), &packed].concat());
        list.extend([b"PK\x01\x02\x14\0", &common[..], &[0; 10], &offset, name.as_bytes()].concat());
    }
    let count = u16::try_from(members.len()).unwrap().to_le_bytes();
    let size = u32::try_from(list.len()).unwrap().to_le_bytes();
    let offset = u32::try_from(files.len()).unwrap().to_le_bytes();
    let end = [b"PK\x05\x06".as_slice(), &[0; 4], &count, &count, &size, &offset, &[0; 2]].concat();
    [files, list, end].concat()
}

/// Builds an Office document with these parts besides those that every one has.
fn document(folder: &str, more: &[Member<'_>]) -> Vec<u8> {
    let main = format!("{folder}/main.xml");
    let mut members = vec![member("[Content_Types].xml", TYPES), member("_rels/.rels", RELATIONSHIPS)];
    members.push(member(&main, "<main/>"));
    members.extend(more.iter().map(|Member(name, bytes, declared)| Member(name, bytes, *declared)));
    archive(&members)
}

/// Relationships with one of this kind.
fn relationship(kind: &str, more: &str) -> String {
    let base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    format!("<Relationships><Relationship Id=\"r1\" Type=\"{base}/{kind}\" {more}/></Relationships>")
}

fn inspected(declared: FileType, bytes: &[u8]) -> Inspected {
    let source = Memory(bytes.to_vec().into());
    futures_executor(inspect(&source, declared)).unwrap()
}

/// Runs a future that never waits.
fn futures_executor<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn reason(declared: FileType, bytes: &[u8]) -> Option<QuarantineReason> {
    inspected(declared, bytes).reason
}

pub(in crate::upload) fn png(width: u32, height: u32) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &width.to_be_bytes(), &height.to_be_bytes(), &[8, 2, 0, 0, 0]]
        .concat()
}

/// A JPEG image with this many bytes of other segments before its size.
fn jpeg(width: u16, height: u16, before: usize) -> Vec<u8> {
    let mut bytes = b"\xFF\xD8".to_vec();
    let mut left = before;
    while left > 0 {
        let length = left.min(65_000);
        bytes.extend(
            [b"\xFF\xE2".as_slice(), &u16::try_from(length + 2).unwrap().to_be_bytes(), &vec![0xC0; length]].concat(),
        );
        left -= length;
    }
    bytes.extend([b"\xFF\xC2\0\x11\x08".as_slice(), &height.to_be_bytes(), &width.to_be_bytes(), &[3; 10]].concat());
    bytes
}

fn gif(width: u16, height: u16) -> Vec<u8> {
    [b"GIF89a".as_slice(), &width.to_le_bytes(), &height.to_le_bytes(), &[0; 3]].concat()
}

fn webp(width: u32, height: u32) -> Vec<u8> {
    let size = [&(width - 1).to_le_bytes()[..3], &(height - 1).to_le_bytes()[..3]].concat();
    [b"RIFF\x20\0\0\0WEBPVP8X\x0A\0\0\0\0\0\0\0".as_slice(), &size].concat()
}

/// A compound file with these streams, whose directory has several sectors.
fn compound(streams: &[&str]) -> Vec<u8> {
    let mut header = vec![0; 512];
    header[..8].copy_from_slice(compound::SIGNATURE);
    header[30] = 9;
    header[48..52].copy_from_slice(&1_u32.to_le_bytes());
    // The allocation table is in sector 0; the directory is in sectors 1 and 2.
    header[76..80].copy_from_slice(&0_u32.to_le_bytes());
    let mut table = vec![0xFF; 512];
    table[4..8].copy_from_slice(&2_u32.to_le_bytes());
    let mut directory = vec![0; 1024];
    for (entry, name) in directory.chunks_exact_mut(128).skip(2).zip(streams) {
        let name: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        entry[..name.len()].copy_from_slice(&name);
        entry[64] = u8::try_from(name.len()).unwrap();
        entry[66] = 2;
    }
    [header, table, directory].concat()
}

#[test]
fn each_type_is_recognised_only_as_itself() {
    let samples: [(FileType, Vec<u8>); 10] = [
        (FileType::Pdf, b"%PDF-1.7\n%\xE2\xE3".to_vec()),
        (FileType::Png, png(640, 480)),
        (FileType::Jpeg, jpeg(640, 480, 100)),
        (FileType::Webp, webp(640, 480)),
        (FileType::Gif, gif(640, 480)),
        (FileType::Docx, document("word", &[])),
        (FileType::Xlsx, document("xl", &[])),
        (FileType::Pptx, document("ppt", &[])),
        (FileType::Csv, "name;betrag\nMüller;3\n".into()),
        (FileType::Txt, b"Dear all,\r\n\tMZ is no mark.".to_vec()),
    ];
    let text = |kind| matches!(kind, FileType::Csv | FileType::Txt);
    for (kind, bytes) in &samples {
        for declared in FileType::ALL.iter().copied() {
            let is = if image::is_image(declared) && image::is_image(*kind) { *kind } else { declared };
            let right = is == *kind || (text(declared) && text(*kind));
            let reason = (!right).then_some(QuarantineReason::WrongType);
            assert_eq!(inspected(declared, bytes), Inspected { content_type: is, reason }, "{kind:?} as {declared:?}");
        }
    }
}

#[test]
fn archives_programs_and_web_pages_are_refused() {
    assert!(reason(FileType::Docx, &archive(&[member("word/document.xml", "")])).is_some());
    let mut cut = document("word", &[]);
    cut.truncate(cut.len() - 1);
    assert!(reason(FileType::Docx, &cut).is_some());
    for bad in [
        b"MZ\x90\0\x03\0".as_slice(),
        b"\x7FELF",
        b"<!DOCTYPE html><p>",
        b"\xEF\xBB\xBF <HTML>",
        b"<script>\xE9</script>",
        b"#!/bin/sh\n",
        b"<svg xmlns=",
        b"a\0b",
        b"a\x1B[2J",
        b"a\x1B\xE9",
        b"\xFF\xFEa\0b",
        b"\xFF\xFE<\0h\0t\0m\0l\0>\0",
        b"\xFF\xFEa\0\x1B\0",
        b"\xFE\xFF\xD8\0\0a",
        b"",
    ] {
        for declared in FileType::ALL.iter().copied() {
            assert_eq!(reason(declared, bad), Some(QuarantineReason::WrongType), "{bad:?}");
        }
    }
}

#[test]
fn text_may_be_in_any_encoding() {
    for text in [
        b"caf\xE9;1\r\n".as_slice(),
        b"\xCF\xF0\xE8\xE2\xE5\xF2;1\n",
        b"\x93quoted\x94 \x80 5\n",
        b"\x82\xB1\x82\xF1\x82\xC9\x82\xBF\x82\xCD\n",
        b"\xFF\xFEn\0a\0m\0e\0\t\0\xFC\0\r\0\n\0",
        b"\xFE\xFF\0n\0a\0m\0e",
        b"\xEF\xBB\xBFname\n",
    ] {
        assert_eq!(reason(FileType::Csv, text), None, "{text:?}");
    }
}

#[test]
fn a_character_may_be_cut_off_only_at_the_end() {
    let cut = &"aé".as_bytes()[..2];
    assert!(text::is_text(cut, false));
    // At the end of a file it is a letter of an older encoding.
    assert!(text::is_text(cut, true));
    assert!(text::is_text(b"\xFF\xFEa\0\x3D\xD8", false));
    assert!(!text::is_text(b"\xFF\xFEa\0\x3D\xD8", true));
}

#[test]
fn a_pdf_may_begin_a_little_later() {
    let after = |before: &[u8]| reason(FileType::Pdf, &[before, b"%PDF-1.4\n"].concat());
    for before in [b"".as_slice(), b"\r\n\r\n", b"\xEF\xBB\xBF", b"\x1B%-12345X@PJL JOB\r\n", &[0; 1024], b"%!PDF"] {
        assert_eq!(after(before), None, "{before:?}");
    }
    for before in [&[0; 1025], b"MZ\x90".as_slice(), b"PK\x03\x04", b"<html>", b" <script>", b"#!/bin/sh\n", b"GIF89a"]
    {
        assert_eq!(after(before), Some(QuarantineReason::WrongType), "{before:?}");
    }
}

#[test]
fn an_image_named_as_another_keeps_its_own_type() {
    let found = inspected(FileType::Jpeg, &png(2, 2));
    assert_eq!(found, Inspected { content_type: FileType::Png, reason: None });
    let found = inspected(FileType::Png, &webp(2, 2));
    assert_eq!(found, Inspected { content_type: FileType::Webp, reason: None });
    assert_eq!(reason(FileType::Pdf, &png(2, 2)), Some(QuarantineReason::WrongType));
}

#[test]
fn images_have_at_most_a_hundred_megapixels() {
    let vp8l = |width: u32, height: u32| {
        let bits = ((width - 1) | ((height - 1) << 14)).to_le_bytes();
        [b"RIFF\x20\0\0\0WEBPVP8L\x0A\0\0\0\x2F".as_slice(), &bits].concat()
    };
    let vp8 = |width: u16, height: u16| {
        let size = [width.to_le_bytes(), height.to_le_bytes()].concat();
        [b"RIFF\x20\0\0\0WEBPVP8 \x0A\0\0\0\0\0\0\x9D\x01\x2A".as_slice(), &size].concat()
    };
    for (kind, right, large) in [
        (FileType::Png, png(10_000, 10_000), png(10_000, 10_001)),
        (FileType::Png, png(1, 100_000_000), png(u32::MAX, u32::MAX)),
        (FileType::Jpeg, jpeg(10_000, 10_000, 0), jpeg(10_001, 10_000, 0)),
        (FileType::Jpeg, jpeg(1, 1, 3_000_000), jpeg(65_535, 65_535, 3_000_000)),
        (FileType::Webp, webp(10_000, 10_000), webp(10_001, 10_000)),
        (FileType::Webp, vp8l(10_000, 10_000), vp8l(10_001, 10_000)),
        (FileType::Webp, vp8(10_000 + 0x4000, 10_000), vp8(10_001, 10_000)),
        (FileType::Gif, gif(10_000, 10_000), gif(65_535, 65_535)),
    ] {
        assert_eq!(reason(kind, &right), None, "{kind:?}");
        assert_eq!(reason(kind, &large), Some(QuarantineReason::ImageTooLarge), "{kind:?}");
        assert_eq!(reason(FileType::Gif, &large), Some(QuarantineReason::ImageTooLarge), "{kind:?} as another");
    }
    for broken in
        [png(0, 5), png(5, 0), b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0".to_vec(), b"\xFF\xD8\xFF\xDA\0\0\0\0\0\0\0".to_vec()]
    {
        assert_eq!(reason(FileType::Png, &broken), Some(QuarantineReason::WrongType), "{broken:?}");
    }
}

/// Changes some bytes of a file.
fn damaged(mut bytes: Vec<u8>, damage: &[(prop::sample::Index, u8)]) -> Vec<u8> {
    for (at, byte) in damage {
        let at = at.index(bytes.len());
        bytes[at] = *byte;
    }
    bytes
}

proptest! {
    #[test]
    fn inspecting_any_bytes_never_panics(bytes: Vec<u8>, mark in 0..8_usize) {
        let marks: [&[u8]; 8] = [
            b"", b"\xFF\xD8\xFF", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"RIFF\0\0\0\0WEBPVP8 ", b"RIFF\0\0\0\0WEBPVP8L", compound::SIGNATURE,
            b"PK\x03\x04", b"\xFF\xFE",
        ];
        let bytes = [marks[mark], &bytes].concat();
        for kind in FileType::ALL.iter().copied() {
            let _ = inspected(kind, &bytes);
        }
        let end = [b"PK\x03\x04PK\x01\x02".as_slice(), &bytes, b"PK\x05\x06", &bytes].concat();
        let _ = inspected(FileType::Docx, &end);
    }

    #[test]
    fn inspecting_a_damaged_file_never_panics(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut: prop::sample::Index,
    ) {
        let xml = relationship("hyperlink", "Target=\"a\" TargetMode=\"External\"");
        let whole = document("word", &[member("word/_rels/document.xml.rels", &xml), member("word/media/a.bin", &[7; 300])]);
        for (kind, bytes) in [
            (FileType::Docx, whole),
            (FileType::Xlsx, compound(&["EncryptedPackage", "EncryptionInfo"])),
            (FileType::Jpeg, jpeg(100, 100, 200)),
            (FileType::Webp, webp(5, 5)),
        ] {
            let cut = cut.index(bytes.len());
            let _ = inspected(kind, &bytes[..cut]);
            let _ = inspected(kind, &bytes[cut..]);
            let _ = inspected(kind, &damaged(bytes, &damage));
        }
    }
}
