//! "Did you mean": for words of the policy and for keys of flags.

/// The one word of `known` that `word` is most likely a slip of: equal after folding, else one or two edits away.
///
/// `None` when nothing is near enough, or when two are equally near.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    closest(word, known, MAX_DISTANCE)
}

/// Edits that a slip of the finger or of the memory comes to.
pub(crate) const MAX_DISTANCE: usize = 2;

/// Words shorter than this have so many neighbours that only one edit counts as a slip.
const SHORT: usize = 8;

/// As [`did_you_mean`], with the number of edits that are allowed for words of eight characters and more.
pub(crate) fn closest<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
    max_distance: usize,
) -> Option<&'a str> {
    let folded = fold(word);
    let allowed = if word.chars().count() < SHORT { max_distance.min(1) } else { max_distance };
    let mut best: Option<(usize, &str)> = None;
    let mut tied = false;
    for candidate in known {
        let distance = if fold(candidate) == folded { 0 } else { strsim::damerau_levenshtein(word, candidate).max(1) };
        let beyond = distance > allowed;
        match best {
            _ if beyond => {}
            Some((least, _)) if distance > least => {}
            Some((least, _)) if distance == least => tied = true,
            _ => {
                best = Some((distance, candidate));
                tied = false;
            }
        }
    }
    best.filter(|_| !tied).map(|(_, candidate)| candidate)
}

/// Case and separators taken out: `newCheckout`, `new_checkout` and `new-checkout` are one word.
fn fold(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '-' | '_' | '.' | ' ' | '/' | ':')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_variants_come_first() {
        let known = ["new-checkout", "new-checkouts", "newCheckbox"];
        assert_eq!(did_you_mean("newCheckout", known), Some("new-checkout"));
        assert_eq!(did_you_mean("NEW_CHECKOUT", known), Some("new-checkout"));
    }

    #[test]
    fn one_or_two_edits_count_for_long_words() {
        assert_eq!(did_you_mean("new-chekout", ["new-checkout", "old-checkout"]), Some("new-checkout"));
        assert_eq!(did_you_mean("new-hceckuot", ["new-checkout"]), Some("new-checkout"));
        assert_eq!(did_you_mean("new-hceckuo", ["new-checkout"]), None);
        assert_eq!(closest("new-chekot", ["new-checkout"], 1), None);
    }

    #[test]
    fn one_edit_counts_for_short_words() {
        assert_eq!(did_you_mean("drak", ["dark"]), Some("dark"));
        assert_eq!(did_you_mean("drsk", ["dark"]), None);
        assert_eq!(did_you_mean("sevenab", ["seven"]), None);
    }

    #[test]
    fn a_tie_is_no_answer() {
        assert_eq!(did_you_mean("checkout-c", ["checkout-a", "checkout-b"]), None);
        assert_eq!(did_you_mean("checkout-c", ["checkout-a", "checkout-b", "checkoutc"]), Some("checkoutc"));
        assert_eq!(did_you_mean("a-b-c", ["abc", "a_b_c"]), None);
    }
}
