//! Bytes to text.

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};

/// What came of the bytes of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Decoded {
    /// A text, without a byte order mark.
    Text(String),
    /// Nothing that people write.
    Binary,
    /// A text in no encoding that is known.
    Unknown,
}

/// UTF-8, UTF-16 with a byte order mark, else Latin-1 in the reading that the web has made common.
pub(crate) fn decode(bytes: Vec<u8>) -> Decoded {
    if let Some(encoding) = utf16(&bytes) {
        let (text, malformed) = encoding.decode_with_bom_removal(&bytes);
        return if malformed { Decoded::Unknown } else { Decoded::Text(text.into_owned()) };
    }
    if is_binary(&bytes) {
        return Decoded::Binary;
    }
    match String::from_utf8(bytes) {
        Ok(text) => Decoded::Text(match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        }),
        Err(error) => Decoded::Text(WINDOWS_1252.decode_without_bom_handling(&error.into_bytes()).0.into_owned()),
    }
}

/// Whether a file without a mark of UTF-16 is no text, as git tells: by a zero near its beginning.
pub(crate) fn is_binary(bytes: &[u8]) -> bool {
    bytes[..bytes.len().min(8_000)].contains(&0)
}

/// Whether the bytes say that they are UTF-16. A literal search in them would find nothing.
pub(crate) fn utf16(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    match bytes {
        [0xff, 0xfe, ..] => Some(UTF_16LE),
        [0xfe, 0xff, ..] => Some(UTF_16BE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_apart() {
        let text = |text: &str| Decoded::Text(text.to_owned());
        assert_eq!(decode("\u{feff}å".into()), text("å"));
        assert_eq!(decode(vec![b'a', 0xe5]), text("aå"));
        assert_eq!(decode(vec![0xff, 0xfe, b'a', 0]), text("a"));
        assert_eq!(decode(vec![0xfe, 0xff, 0, b'a']), text("a"));
        assert_eq!(decode(vec![b'a', 0, b'b']), Decoded::Binary);
        assert_eq!(decode(vec![0xff, 0xfe, 0x00, 0xd8]), Decoded::Unknown);
    }
}
