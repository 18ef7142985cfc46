//! Generates document files: PDF, PNG, CSV.

use std::fmt::Write as _;

use super::pseudo_random;

/// A one-page PDF document set in the standard Helvetica font. Characters beyond Latin-1 become question marks.
pub(super) fn pdf(title: &str, lines: &[String]) -> Vec<u8> {
    let mut text = String::from("BT /F1 20 Tf 72 760 Td ");
    let _ = write!(text, "({}) Tj /F1 11 Tf 0 -36 Td 16 TL ", escaped(title));
    for line in lines {
        let _ = write!(text, "({}) Tj T* ", escaped(line));
    }
    text += "ET";
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>"
            .to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
    ];
    let mut file = String::from("%PDF-1.4\n");
    let mut table = String::from("0000000000 65535 f \n");
    for (number, object) in objects.iter().enumerate() {
        let _ = writeln!(table, "{:010} 00000 n ", file.len());
        let _ = write!(file, "{} 0 obj\n{object}\nendobj\n", number + 1);
    }
    let (start, count) = (file.len(), objects.len() + 1);
    let _ =
        write!(file, "xref\n0 {count}\n{table}trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
    file.into_bytes()
}

/// Text as a parenthesized PDF string, ASCII only.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for char in text.chars() {
        match char {
            '(' | ')' | '\\' => out.extend(['\\', char]),
            ' '..='~' => out.push(char),
            '\u{A0}'..='\u{FF}' => {
                let _ = write!(out, "\\{:03o}", u32::from(char));
            }
            _ => out.push('?'),
        }
    }
    out
}

/// A bar chart as a greyscale PNG image; the height of each bar is a share of 255.
pub(super) fn chart(bars: &[u8]) -> Vec<u8> {
    const BAR: usize = 24;
    let tone = |x: usize, y: usize| if x % BAR > 4 && usize::from(bars[x / BAR]) + y >= 255 { 0x50 } else { 0xF4 };
    png(bars.len() * BAR, 256, tone)
}

/// A drawing of a machine part on squared paper as a greyscale PNG image: outlines and bores derived from `shape`.
pub(super) fn drawing(shape: usize) -> Vec<u8> {
    const WIDTH: usize = 480;
    const HEIGHT: usize = 320;
    let size = |about: usize, least: usize, more: usize| least + pseudo_random(shape, about) % more;
    let (wide, high) = (size(0, 200, 160), size(1, 120, 100));
    let (left, top) = ((WIDTH - wide) / 2, (HEIGHT - high) / 2);
    let bores: Vec<_> = (0..size(2, 2, 4))
        .map(|n| {
            (left + wide * (n + 1) / (size(2, 2, 4) + 1), top + high / 2 + size(3 + n, 0, 30) - 15, size(9 + n, 8, 22))
        })
        .collect();
    let near = |a: usize, b: usize, width: usize| a.abs_diff(b) <= width;
    let tone = move |x: usize, y: usize| {
        let across = x >= left && x <= left + wide;
        let along = y >= top && y <= top + high;
        let outline = across && (near(y, top, 1) || near(y, top + high, 1))
            || along && (near(x, left, 1) || near(x, left + wide, 1));
        let bore = bores.iter().any(|(at, beside, radius)| {
            let distance = (x.abs_diff(*at).pow(2) + y.abs_diff(*beside).pow(2)).isqrt();
            near(distance, *radius, 1) || x == *at && distance < radius + 8 || y == *beside && distance < radius + 8
        });
        // The width is marked below it.
        let measure = across && y == top + high + 24 || near(y, top + high + 24, 6) && (x == left || x == left + wide);
        match (outline || bore, measure, x.is_multiple_of(20) || y.is_multiple_of(20)) {
            (true, ..) => 0x30,
            (_, true, _) => 0x70,
            (_, _, true) => 0xE4,
            _ => 0xFA,
        }
    };
    png(WIDTH, HEIGHT, tone)
}

/// A greyscale PNG image with the tone of each pixel given by `tone`.
fn png(width: usize, height: usize, tone: impl Fn(usize, usize) -> u8) -> Vec<u8> {
    let mut rows = Vec::with_capacity((width + 1) * height);
    for y in 0..height {
        // Each row starts with its filter type: none.
        rows.push(0);
        rows.extend((0..width).map(|x| tone(x, y)));
    }
    let number = |n: usize| u32::try_from(n).unwrap_or_default().to_be_bytes();
    let mut file = b"\x89PNG\r\n\x1A\n".to_vec();
    let header = [&number(width)[..], &number(height), &[8, 0, 0, 0, 0]].concat();
    for (kind, data) in [(b"IHDR", header), (b"IDAT", zlib_stored(&rows)), (b"IEND", Vec::new())] {
        let body = [&kind[..], &data].concat();
        file.extend(number(data.len()));
        file.extend(&body);
        file.extend(crc32(&body).to_be_bytes());
    }
    file
}

/// Wraps bytes in a zlib stream of stored blocks (RFC 1950, RFC 1951).
fn zlib_stored(bytes: &[u8]) -> Vec<u8> {
    const MOST: usize = 65_535;
    let mut stream = vec![0x78, 0x01];
    let blocks = bytes.chunks(MOST).count();
    for (number, block) in bytes.chunks(MOST).enumerate() {
        let length = u16::try_from(block.len()).unwrap_or_default();
        stream.push(u8::from(number + 1 == blocks));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    let (a, b) = bytes.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    stream.extend((b << 16 | a).to_be_bytes());
    stream
}

/// Checksum of PNG chunks (ISO 3309).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_match_the_standards() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert!(zlib_stored(b"Wikipedia").ends_with(&0x11E6_0398_u32.to_be_bytes()));
    }

    #[test]
    fn the_pdf_xref_points_at_its_objects() {
        let file = String::from_utf8(pdf("Größe (1)", &["a".into()])).unwrap();
        assert!(file.contains("(Gr\\366\\337e \\(1\\)) Tj"));
        let table = &file[file.find("xref\n").unwrap()..];
        for (number, entry) in table.lines().skip(3).take(5).enumerate() {
            let at: usize = entry[..10].parse().unwrap();
            assert!(file[at..].starts_with(&format!("{} 0 obj", number + 1)), "{entry}");
        }
        let start: usize = file.lines().rev().nth(1).unwrap().parse().unwrap();
        assert!(file[start..].starts_with("xref"));
    }
}
