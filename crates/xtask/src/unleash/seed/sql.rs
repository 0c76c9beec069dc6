//! Values as SQL literals.

use jiff::Timestamp;

/// A text.
pub(super) fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// A moment.
pub(super) fn moment(at: Timestamp) -> String {
    format!("'{at}'::timestamptz")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_quote_is_doubled_and_a_backslash_stays() {
        assert_eq!(super::text(r"it's \n"), r"'it''s \n'");
    }
}
