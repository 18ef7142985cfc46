//! The part of HTTP/1.1 that the runtime API, KMS and table creation need, blocking and without dependencies, so that the measuring side
//! adds as little time as possible.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// A request or response: its first line, headers in lower case, and body.
pub struct Message {
    /// Request line or status line.
    pub first_line: String,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Message {
    /// The value of a header, by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Reads one message; `None` if the other side closed the connection.
pub fn read(stream: &mut BufReader<TcpStream>) -> io::Result<Option<Message>> {
    let mut first_line = String::new();
    if stream.read_line(&mut first_line)? == 0 {
        return Ok(None);
    }
    let mut message = Message { first_line: first_line.trim_end().to_owned(), headers: Vec::new(), body: Vec::new() };
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        message.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    if message.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
        message.body = read_chunks(stream)?;
    } else if let Some(length) = message.header("content-length").and_then(|value| value.parse().ok()) {
        message.body = vec![0; length];
        stream.read_exact(&mut message.body)?;
    }
    Ok(Some(message))
}

fn read_chunks(stream: &mut BufReader<TcpStream>) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut size = String::new();
        stream.read_line(&mut size)?;
        let size = usize::from_str_radix(size.trim(), 16).map_err(io::Error::other)?;
        let start = body.len();
        body.resize(start + size + 2, 0);
        stream.read_exact(&mut body[start..])?;
        body.truncate(start + size);
        if size == 0 {
            return Ok(body);
        }
    }
}

/// Writes a message with the given first line, headers and `body`.
pub fn write(stream: &mut TcpStream, first_line: &str, headers: &[(&str, &str)], body: &[u8]) -> io::Result<()> {
    let mut message = Vec::with_capacity(512 + body.len());
    write!(message, "{first_line}\r\ncontent-length: {}\r\n", body.len())?;
    for (name, value) in headers {
        write!(message, "{name}: {value}\r\n")?;
    }
    message.extend_from_slice(b"\r\n");
    message.extend_from_slice(body);
    stream.write_all(&message)
}
