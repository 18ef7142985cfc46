//! Office documents and the archives that they are.

use super::*;

#[test]
fn an_office_document_with_a_password_passes() {
    let sealed = compound(&["DataSpaces", "EncryptedPackage", "Version", "EncryptionInfo"]);
    for kind in [FileType::Docx, FileType::Xlsx, FileType::Pptx] {
        assert_eq!(reason(kind, &sealed), None);
    }
    for other in [compound(&["Workbook"]), compound(&["EncryptedPackage"]), compound(&[]), sealed[..600].to_vec()] {
        assert_eq!(reason(FileType::Xlsx, &other), Some(QuarantineReason::WrongType));
    }
    assert_eq!(reason(FileType::Pdf, &sealed), Some(QuarantineReason::WrongType));
}

#[test]
fn macros_are_refused() {
    for name in
        ["xl/vbaProject.bin", "xl/VBAPROJECT.BIN", "xl\\vbaProject.bin", "xl/vbaData.xml", "xl/macrosheets/sheet1.xml"]
    {
        let bytes = document("xl", &[member(name, "x")]);
        assert_eq!(reason(FileType::Xlsx, &bytes), Some(QuarantineReason::Macros), "{name}");
    }
    for kind in [
        "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        "application/vnd.ms-word.document.MacroEnabled.main+xml",
        "application/vnd.ms-office.vbaProject",
        "application/vnd.ms-excel.macrosheet+xml",
        "application/vnd.ms-excel.intlmacrosheet+xml",
        "application/vnd.ms-excel.sheet.macro&#x45;nabled.main+xml",
    ] {
        let types = format!("<Types><Override PartName=\"/xl/x.xml\" ContentType=\"{kind}\"/></Types>");
        let bytes = archive(&[
            member("[Content_Types].xml", &types),
            member("_rels/.rels", RELATIONSHIPS),
            member("xl/workbook.xml", ""),
        ]);
        assert_eq!(reason(FileType::Xlsx, &bytes), Some(QuarantineReason::Macros), "{kind}");
    }
    for kind in ["vbaProject", "xlMacrosheet"] {
        let bytes = document("xl", &[member("xl/_rels/workbook.xml.rels", &relationship(kind, "Target=\"a\""))]);
        assert_eq!(reason(FileType::Xlsx, &bytes), Some(QuarantineReason::Macros), "{kind}");
    }
}

#[test]
fn content_from_elsewhere_is_refused_but_not_links() {
    let found = |kind: &str, more: &str| {
        let xml = relationship(kind, more);
        reason(FileType::Docx, &document("word", &[member("word/_rels/document.xml.rels", &xml)]))
    };
    for (kind, target) in [
        ("image", "https://elsewhere.example/pixel.png"),
        ("attachedTemplate", "https://elsewhere.example/a.dotm"),
        ("attachedTemplate", "file:///\\\\server\\a.dotm"),
        ("attachedTemplate", "\\\\server\\a.dotm"),
        ("attachedTemplate", "file://server/a.dotm"),
        ("attachedTemplate", "C:\\\\server\\a.dotm"),
        ("externalLinkPath", "Book2.xlsx"),
        ("frame", "https://elsewhere.example/"),
    ] {
        for mode in ["External", "EXTERNAL", "&#69;xternal", " External "] {
            let more = format!("Target=\"{target}\" TargetMode=\"{mode}\"");
            assert_eq!(found(kind, &more), Some(QuarantineReason::ExternalContent), "{kind} {more}");
        }
    }
    let hidden = "x:TargetMode=\"Internal\" Target=\"http://e.example\" TargetMode=\"External\"";
    assert_eq!(found("image", hidden), Some(QuarantineReason::ExternalContent));
    assert_eq!(found("hyperlink", "Target=\"https://steward.example\" TargetMode=\"External\""), None);
    assert_eq!(found("hyperlink", "Target=\"mailto:ann@example.com\" TargetMode=\"External\""), None);
    assert_eq!(found("image", "Target=\"media/image1.png\""), None);
    // Where its author had the company's template.
    assert_eq!(found("attachedTemplate", "Target=\"file:///C:\\Templates\\A.dotx\" TargetMode=\"External\""), None);
    let link = document("xl", &[member("xl/externalLinks/externalLink1.xml", "<ddeLink/>")]);
    assert_eq!(reason(FileType::Xlsx, &link), Some(QuarantineReason::ExternalContent));
    for kind in ["externalLink", "connections", "queryTable"] {
        let more = "Target=\"links/l1.xml\"";
        let xml = relationship(kind, more);
        let named = document("xl", &[member("xl/_rels/workbook.xml.rels", &xml)]);
        assert_eq!(reason(FileType::Xlsx, &named), Some(QuarantineReason::ExternalContent), "{kind}");
        let kind = format!("application/vnd.openxmlformats-officedocument.spreadsheetml.{kind}+xml");
        let types = format!("<Types><Override PartName=\"/xl/l1.xml\" ContentType=\"{kind}\"/></Types>");
        let bytes = archive(&[
            member("[Content_Types].xml", &types),
            member("_rels/.rels", RELATIONSHIPS),
            member("xl/workbook.xml", ""),
        ]);
        assert_eq!(reason(FileType::Xlsx, &bytes), Some(QuarantineReason::ExternalContent), "{kind}");
    }
}

#[test]
fn embedded_objects_are_refused_but_not_a_charts_numbers() {
    let embedded = Some(QuarantineReason::EmbeddedObject);
    for name in ["word/embeddings/oleObject1.bin", "word/embeddings/a.docm", "word/activeX/activeX1.xml"] {
        assert_eq!(reason(FileType::Docx, &document("word", &[member(name, "x")])), embedded, "{name}");
    }
    for kind in ["oleObject", "control", "aFChunk", "package"] {
        let xml = relationship(kind, "Target=\"a\"");
        let bytes = document("word", &[member("word/_rels/document.xml.rels", &xml)]);
        assert_eq!(reason(FileType::Docx, &bytes), embedded, "{kind}");
    }
    let of_chart = relationship("package", "Target=\"../embeddings/Sheet1.xlsx\"");
    let deck = |workbook: &[u8], place: &str| {
        let parts = [member("ppt/embeddings/Sheet1.xlsx", workbook), member(place, &of_chart)];
        reason(FileType::Pptx, &document("ppt", &parts))
    };
    let (chart, slide) = ("ppt/charts/_rels/chart1.xml.rels", "ppt/slides/_rels/slide1.xml.rels");
    let plain = document("xl", &[]);
    assert_eq!(deck(&plain, chart), None);
    assert_eq!(deck(&plain, slide), embedded);
    assert_eq!(deck(b"MZ", chart), embedded);
    assert_eq!(deck(&document("xl", &[member("xl/vbaProject.bin", "x")]), chart), Some(QuarantineReason::Macros));
    assert_eq!(deck(&document("xl", &[member("xl/embeddings/a.xlsx", &plain)]), chart), embedded);
}

#[test]
fn relationships_that_could_be_read_in_two_ways_are_refused() {
    let utf16: Vec<u8> = "<Relationships/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for xml in [
        &utf16[..],
        b"<!DOCTYPE a [<!ENTITY e \"External\">]><Relationships/>",
        b"<?xml version=\"1.0\" encoding=\"UTF-7\"?><Relationships/>",
        b"<Relationships><Relationship TargetMode=\"Internal\" TargetMode=\"External\"/></Relationships>",
        b"<Relationships><Relationship TargetMode=\"&other;\"/></Relationships>",
        b"<Relationships><Relationship",
        b"\xFF",
    ] {
        let bytes = document("word", &[member("word/_rels/document.xml.rels", xml)]);
        assert_eq!(reason(FileType::Docx, &bytes), Some(QuarantineReason::WrongType), "{xml:?}");
    }
}

#[test]
fn an_archive_unpacks_to_what_it_says_and_not_to_too_much() {
    let zeros = vec![0; 3_000_000];
    let declared = |length| document("xl", &[Member("xl/a.xml", &zeros, length)]);
    assert_eq!(reason(FileType::Xlsx, &declared(3_000_000)), None);
    assert_eq!(reason(FileType::Xlsx, &declared(1_000_000_000)), Some(QuarantineReason::UnpacksTooLarge));
    for lie in [2_999_999, 3_000_001, 1, 0] {
        assert_eq!(reason(FileType::Xlsx, &declared(lie)), Some(QuarantineReason::WrongType), "{lie}");
    }
    let many: Vec<String> = (0..5).map(|n| format!("xl/{n}.xml")).collect();
    let parts: Vec<Member<'_>> = many.iter().map(|name| Member(name, b"", 250_000_000)).collect();
    assert_eq!(reason(FileType::Xlsx, &document("xl", &parts)), Some(QuarantineReason::UnpacksTooLarge));
}

#[test]
fn files_that_share_bytes_or_names_are_refused() {
    let twice = document("xl", &[member("xl/A.xml", "1"), member("xl/a.xml", "2")]);
    assert_eq!(reason(FileType::Xlsx, &twice), Some(QuarantineReason::WrongType));
    // Two names in the directory for one file in the archive.
    let mut shared = document("xl", &[member("xl/a.xml", "1"), member("xl/b.xml", "1")]);
    let of = |bytes: &[u8], name: &[u8]| bytes.windows(name.len()).rposition(|window| window == name).unwrap();
    let (a, b) = (of(&shared, b"xl/a.xml"), of(&shared, b"xl/b.xml"));
    let offset = shared[a - 4..a].to_vec();
    shared[b - 4..b].copy_from_slice(&offset);
    assert_eq!(reason(FileType::Xlsx, &shared), Some(QuarantineReason::WrongType));
    // A name in the directory that is not the file's own.
    let mut renamed = document("xl", &[member("xl/a.xml", "1")]);
    let a = of(&renamed, b"xl/a.xml");
    renamed[a..a + 8].copy_from_slice(b"xl/c.xml");
    assert_eq!(reason(FileType::Xlsx, &renamed), Some(QuarantineReason::WrongType));
}

#[test]
fn an_archive_with_large_fields_is_read() {
    let bytes = document("xl", &[]);
    let at = |name: &[u8; 4]| bytes.windows(4).position(|window| window == name).unwrap();
    let (list, end) = (at(b"PK\x01\x02"), at(b"PK\x05\x06"));
    let wide = |number: usize| u64::try_from(number).unwrap().to_le_bytes();
    let count = usize::from(bytes[end + 10]);
    let record =
        [b"PK\x06\x06".as_slice(), &wide(44), &[0; 12], &wide(count), &wide(count), &wide(end - list), &wide(list)];
    let locator = [b"PK\x06\x07".as_slice(), &[0; 4], &wide(end), &[1, 0, 0, 0]].concat();
    let small = [b"PK\x05\x06".as_slice(), &[0; 4], &[0xFF; 12], &[0; 2]].concat();
    let large = [&bytes[..end], &record.concat(), &locator, &small].concat();
    assert_eq!(reason(FileType::Xlsx, &large), None);
}
