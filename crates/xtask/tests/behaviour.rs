//! The proof of equal behaviour, proved itself: changing nothing is never blamed, a wrong change always.

use xtask::behaviour::{Language, Who, try_out};

/// Whether a language can be run here; CI requires all.
#[allow(clippy::print_stdout, reason = "a skipped test says so")]
fn can_run(language: Language) -> bool {
    let Err(lacking) = language.check() else { return true };
    assert!(std::env::var_os("DOWNHAUL_RUNTIMES").is_none_or(|value| value != "require"), "{lacking}");
    println!("skipped {}: {lacking}", language.name());
    false
}

#[test]
fn changing_nothing_makes_no_difference() {
    for language in Language::ALL.into_iter().filter(|language| can_run(*language)) {
        let tally = try_out(language, Who::Identity, 10, 11).unwrap();
        assert_eq!((tally.programs, tally.wrong), (10, 0), "{}", language.name());
    }
}

#[test]
fn the_other_side_is_found_out() {
    for language in Language::ALL.into_iter().filter(|language| can_run(*language)) {
        let tally = try_out(language, Who::Wrong, 10, 11).unwrap();
        assert!(tally.wrong >= 8, "{}: only {} of 10", language.name(), tally.wrong);
    }
}
