//! Keys to flag servers that stand in files, told by their shape. Their text never leaves this module unmasked.
//!
//! Unleash makes `project:environment.<hex>`, `user:<hex>` for people, and newer ones that end in
//! `v2_<22 characters>_<43 characters>`; `*:*.` opens everything. Keys that somebody made up have no shape.

use std::sync::{Arc, Mutex, PoisonError};

use downhaul_core::{LineIndex, PathClass, Secret, SecretKind, SecretUser};
use downhaul_lang::Catalog;

/// How long the part made by chance is: 28 bytes, and 32 in early versions.
const HEX: [usize; 2] = [56, 64];

/// What begins it in newer versions, and how long its two parts are.
const NEWER: (&[u8], usize, usize) = (b"v2_", 22, 43);

/// How many of its characters are shown.
const SHOWN: usize = 4;

/// Words on a line that say that a key is meant for everybody to see.
const PUBLIC: &[&str] = &["frontend", "front-end", "front_end", "clientkey", "client_key", "client-key", "proxy"];

/// The keys of all files, gathered as files are read.
#[derive(Default)]
pub(crate) struct Found(Mutex<Vec<Secret>>);

impl Found {
    /// Looks into the text of a file.
    pub(crate) fn look(&self, catalog: &Catalog, path: &str, text: &str, class: PathClass) {
        let tokens: Vec<Token> = tokens(text.as_bytes()).collect();
        if tokens.is_empty() {
            return;
        }
        let lines = LineIndex::new(text);
        let path: Arc<str> = Arc::from(path);
        let of_file = user(catalog, &path, text);
        let found = tokens.into_iter().map(|token| {
            let shown = token.chance + SHOWN;
            Secret {
                kind: token.kind,
                masked: format!("{}…", &text[token.start..shown]),
                entropy: entropy(&text.as_bytes()[token.chance..token.end]),
                used_by: if is_public(text, &token) { SecretUser::FrontEnd } else { of_file },
                class,
                location: lines.location(Arc::clone(&path), text, token.start..token.end),
            }
        });
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(found);
    }

    /// All of them, by path and offset; a file that was read twice counts once.
    pub(crate) fn sorted(self) -> Vec<Secret> {
        let mut secrets = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        secrets.sort_by(|a, b| a.location.cmp(&b.location));
        secrets.dedup();
        secrets
    }
}

/// Whether there is any key in these bytes.
pub(crate) fn any(bytes: &[u8]) -> bool {
    tokens(bytes).next().is_some()
}

/// The text with what chance made of each key replaced by stars; no offset changes.
pub(crate) fn mask(text: &str) -> Option<String> {
    let mut masked = text.as_bytes().to_vec();
    let mut any = false;
    for token in tokens(text.as_bytes()) {
        any = true;
        masked[token.chance + SHOWN..token.end].fill(b'*');
    }
    any.then(|| String::from_utf8(masked).unwrap_or_default())
}

/// A key in a text.
struct Token {
    start: usize,
    /// Where the part begins that chance made.
    chance: usize,
    end: usize,
    kind: SecretKind,
}

fn tokens(bytes: &[u8]) -> impl Iterator<Item = Token> {
    let hex = hex_runs(bytes).filter(|(start, end)| HEX.contains(&(end - start)));
    hex.chain(newer(bytes)).filter_map(|(start, end)| token(bytes, start, end))
}

/// Long runs of hexadecimal digits. One look at every so-manieth byte is enough to pass by all others.
fn hex_runs(bytes: &[u8]) -> impl Iterator<Item = (usize, usize)> {
    let is_hex = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let at = from + HEX[0] - 1;
            if !is_hex(bytes.get(at)?) {
                from = at + 1;
                continue;
            }
            let start = at - bytes[from..at].iter().rev().take_while(|byte| is_hex(byte)).count();
            let end = at + bytes[at..].iter().take_while(|byte| is_hex(byte)).count();
            from = end;
            if end - start >= HEX[0] {
                return Some((start, end));
            }
        }
    })
}

/// What looks like the newer form, without its first part.
fn newer(bytes: &[u8]) -> impl Iterator<Item = (usize, usize)> {
    let (begins, first, second) = NEWER;
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    memchr::memmem::find_iter(bytes, begins).filter_map(move |start| {
        let chance = start + begins.len();
        let length = bytes[chance..].iter().take_while(|byte| is_letter(byte)).count();
        let fits = length == first + 1 + second && bytes[chance + first] == b'_';
        fits.then_some((start, chance + length))
    })
}

/// The key that ends in what chance made, if what stands before it is the first part of one.
fn token(bytes: &[u8], made: usize, end: usize) -> Option<Token> {
    if bytes.get(end).is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')) {
        return None;
    }
    let chance = if bytes[made..].starts_with(NEWER.0) { made + NEWER.0.len() } else { made };
    let name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'~');
    let back = |to: usize, fits: &dyn Fn(&u8) -> bool| {
        let length = bytes[..to].iter().rev().take_while(|byte| fits(byte)).count();
        (length > 0).then_some(to - length)
    };
    let (start, kind) = match bytes.get(made.checked_sub(1)?)? {
        b':' => {
            let start = back(made - 1, &name)?;
            (&bytes[start..made - 1] == b"user").then_some((start, SecretKind::Personal))?
        }
        b'.' => {
            let environment = back(made - 1, &|byte| name(byte) || *byte == b'*')?;
            let colon = environment.checked_sub(1).filter(|at| bytes[*at] == b':')?;
            let project = back(colon, &|byte| name(byte) || matches!(byte, b'*' | b'.' | b'[' | b']'))?;
            // An opening bracket alone belongs to what is around.
            let skipped = bytes[project..colon].iter().take_while(|byte| matches!(byte, b'[' | b'.')).count();
            let start = if &bytes[project..colon] == b"[]" { project } else { project + skipped };
            let all = &bytes[start..colon] == b"*" && &bytes[environment..made - 1] == b"*";
            (start < colon).then_some((start, if all { SecretKind::Admin } else { SecretKind::Environment }))?
        }
        _ => return None,
    };
    // A path, an image or a longer name.
    let before = start.checked_sub(1).map(|at| bytes[at]);
    let is_longer = before.is_some_and(|byte| matches!(byte, b'/' | b'@' | b':' | b'%' | b'\\') || !byte.is_ascii());
    (!is_longer).then_some(Token { start, chance, end, kind })
}

/// Which side a file is, by the SDKs that it uses.
fn user(catalog: &Catalog, path: &str, text: &str) -> SecretUser {
    let Some(language) = catalog.language_of(path).map(|id| catalog.language(id).id) else {
        return SecretUser::Unknown;
    };
    let used = catalog.sdks().map(|(_, sdk)| sdk).filter(|sdk| {
        sdk.languages.iter().any(|other| other == language) && sdk.needles().iter().any(|needle| text.contains(needle))
    });
    let (mut back, mut front) = (false, false);
    for sdk in used {
        if sdk.frontend {
            front = true;
        } else {
            back = true;
        }
    }
    match (back, front) {
        (true, _) => SecretUser::BackEnd,
        (false, true) => SecretUser::FrontEnd,
        (false, false) => SecretUser::Unknown,
    }
}

/// Whether the line says that the key is meant for everybody to see.
fn is_public(text: &str, token: &Token) -> bool {
    let start = text[..token.start].rfind('\n').map_or(0, |end| end + 1);
    let line = text[start..token.start].to_ascii_lowercase();
    PUBLIC.iter().any(|word| line.contains(word))
}

/// Tenths of a bit for each byte.
fn entropy(bytes: &[u8]) -> u32 {
    let mut counts = [0u32; 256];
    for byte in bytes {
        counts[usize::from(*byte)] += 1;
    }
    let all = bytes.len() as f64;
    let bits: f64 =
        counts.iter().filter(|count| **count > 0).map(|count| f64::from(*count) / all).map(|p| -p * p.log2()).sum();
    (bits * 10.0).round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made here, so that no key stands in this file.
    fn hex(length: usize) -> String {
        (0..length).map(|index| char::from(b"0123456789abcdef"[index * 7 % 16])).collect()
    }

    fn found(text: &str) -> Vec<(&str, SecretKind)> {
        tokens(text.as_bytes()).map(|token| (&text[token.start..token.chance], token.kind)).collect()
    }

    #[test]
    fn keys_are_told_by_their_shape() {
        let (old, early) = (hex(56), hex(64));
        let text = format!("a = 'default:production.{old}'\nb=*:*.{early}\nc: \"[]:dev.{old}\"\nd=user:{old}");
        let expected = [
            ("default:production.", SecretKind::Environment),
            ("*:*.", SecretKind::Admin),
            ("[]:dev.", SecretKind::Environment),
            ("user:", SecretKind::Personal),
        ];
        assert_eq!(found(&text), expected);
        let newer = format!("v2_{}_{}", "Ab3".repeat(8).split_at(22).0, "x9Z-_".repeat(9).split_at(43).0);
        assert_eq!(found(&format!("default:prod.{newer}")), [("default:prod.v2_", SecretKind::Environment)]);
        assert_eq!(found(&format!("[default:prod.{old}]")), [("default:prod.", SecretKind::Environment)]);
    }

    #[test]
    fn near_misses_are_none() {
        let (old, commit) = (hex(56), hex(40));
        for text in [
            format!("image: registry/shop:main.{old}"),
            format!("ref:main.{commit}"),
            format!("default:production.{old}0"),
            format!("default:production.{old}g"),
            old.clone(),
            format!("sha256:{}", hex(64)),
            format!("owner:{old}"),
            format!("default.production.{old}"),
            "default:development.unleash-insecure-api-token".to_owned(),
            "*:*.".to_owned(),
        ] {
            assert_eq!(found(&text), [], "{text}");
        }
    }

    #[test]
    fn masks_keep_every_offset() {
        let text = format!("é = 'default:production.{}'; rest", hex(56));
        let masked = mask(&text).expect("it has a key");
        assert_eq!(masked.len(), text.len());
        assert!(masked.contains(&format!("{}{}", &hex(56)[..4], "*".repeat(52))) && masked.ends_with("'; rest"));
        assert_eq!(mask("nothing"), None);
    }

    #[test]
    fn what_somebody_made_up_tells_less() {
        assert!(entropy(b"00000000000000000000000000000000") == 0);
        assert!(entropy(hex(56).as_bytes()) >= 39);
    }
}
