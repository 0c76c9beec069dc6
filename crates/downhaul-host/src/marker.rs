//! What a pull request of ours bears, hidden from people: its subject, what it proposes, and which text we wrote.
//!
//! Only hashes: a name could end the comment that the marker stands in.

use downhaul_core::Removal;
use sha2::{Digest, Sha256};

use crate::Subject;

const START: &str = "<!-- downhaul:1 ";
const END: &str = " -->";

/// The marker of a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Marker {
    subject: String,
    removals: String,
    text: String,
}

impl Marker {
    /// The marker for these removals, told in `title` and `body`.
    pub(crate) fn new(subject: &Subject, removals: &[Removal], title: &str, body: &str) -> Self {
        let told: Vec<String> =
            removals.iter().map(|removal| format!("{}\0{}", removal.flag.as_str(), removal.keep)).collect();
        Marker {
            subject: hash(&subject.identity),
            removals: hash(&told.join("\0")),
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
        Some(Marker { subject: field("of")?, removals: field("removes")?, text: field("text")? })
    }

    /// `body` with the marker at its end.
    pub(crate) fn append_to(&self, body: &str) -> String {
        format!("{}\n\n{START}of={} removes={} text={}{END}\n", body.trim_end(), self.subject, self.removals, self.text)
    }

    /// Whether both propose the same sides of the same flags.
    pub(crate) fn proposes_the_same_as(&self, other: &Marker) -> bool {
        self.subject == other.subject && self.removals == other.removals
    }
}

fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use downhaul_core::{FlagKey, Keep};

    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let flag = FlagKey::new("x --> <b> <!-- downhaul:1 of=0 -->").expect("a key");
        let subject = Subject::flag(None, &flag);
        let of = |keep, text: &str| Marker::new(&subject, &[Removal { flag: flag.clone(), keep }], "title", text);
        let marker = of(Keep::On, "body");
        let body = marker.append_to("Some text.\n");
        assert_eq!(Marker::read(&body), Some(marker.clone()));
        assert_eq!(body.matches("-->").count(), 1);
        assert!(marker.proposes_the_same_as(&of(Keep::On, "other text")));
        assert!(!marker.proposes_the_same_as(&of(Keep::Off, "body")));
        assert_eq!(Marker::read("<!-- downhaul:1 of=zz removes=1 text=2 -->"), None);
        assert_eq!(Marker::read("Nothing here."), None);
    }
}
