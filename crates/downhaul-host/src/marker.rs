//! What a pull request of ours bears, hidden from people: which flag, which side, and which text we wrote.
//!
//! Only hashes: a name could end the comment that the marker stands in.

use downhaul_core::{FlagKey, Keep};
use sha2::{Digest, Sha256};

const START: &str = "<!-- downhaul:1 ";
const END: &str = " -->";

/// The marker of a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Marker {
    flag: String,
    keep: String,
    text: String,
}

impl Marker {
    /// The marker for the removal of a flag, told in `title` and `body`.
    pub(crate) fn new(flag: &FlagKey, keep: &Keep, title: &str, body: &str) -> Self {
        Marker {
            flag: hash(flag.as_str()),
            keep: hash(&keep.to_string()),
            text: hash(&format!("{title}\0{}", body.trim())),
        }
    }

    /// The marker in a body, if it has one.
    pub(crate) fn read(body: &str) -> Option<Self> {
        let (_, rest) = body.split_once(START)?;
        let (fields, _) = rest.split_once(END)?;
        let field = |name: &str| {
            let value = fields.split(' ').find_map(|field| field.strip_prefix(name)?.strip_prefix('='))?;
            (value.len() == 16 && value.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| value.to_owned())
        };
        Some(Marker { flag: field("flag")?, keep: field("keep")?, text: field("text")? })
    }

    /// `body` with the marker at its end.
    pub(crate) fn append_to(&self, body: &str) -> String {
        format!("{}\n\n{START}flag={} keep={} text={}{END}\n", body.trim_end(), self.flag, self.keep, self.text)
    }

    /// Whether both are about the same flag and side.
    pub(crate) fn proposes_the_same_as(&self, other: &Marker) -> bool {
        self.flag == other.flag && self.keep == other.keep
    }
}

fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let flag = FlagKey::new("x --> <b> <!-- downhaul:1 flag=0 -->").expect("a key");
        let marker = Marker::new(&flag, &Keep::On, "title", "body");
        let body = marker.append_to("Some text.\n");
        assert_eq!(Marker::read(&body), Some(marker.clone()));
        assert_eq!(body.matches("-->").count(), 1);
        assert!(marker.proposes_the_same_as(&Marker::new(&flag, &Keep::On, "other", "text")));
        assert!(!marker.proposes_the_same_as(&Marker::new(&flag, &Keep::Off, "title", "body")));
        assert_eq!(Marker::read("<!-- downhaul:1 flag=zz keep=1 text=2 -->"), None);
        assert_eq!(Marker::read("Nothing here."), None);
    }
}
