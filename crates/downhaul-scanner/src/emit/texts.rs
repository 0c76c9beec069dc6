//! Calls whose texts are there for people: titles of tests, messages of checks and logs.

/// Functions that name a test or a part of one.
const TITLES: &[&str] = &[
    "test",
    "it",
    "describe",
    "suite",
    "context",
    "specify",
    "fit",
    "fdescribe",
    "xit",
    "xtest",
    "xdescribe",
    "bench",
];

/// Methods that name a test or a part of one.
const TITLE_METHODS: &[&str] =
    &["t.Run", "b.Run", "s.Run", "DisplayName", "Fact", "Theory", "test.step", "t.test", "subTest"];

/// Methods that say something when a test fails.
const MESSAGES: &[&str] =
    &["Fatal", "Fatalf", "Error", "Errorf", "Log", "Logf", "Skip", "Skipf", "fail", "info", "warn", "debug", "println"];

/// Checks of a condition, whose message stands behind it.
const CHECKS: &[&str] = &[
    "assertTrue",
    "assertFalse",
    "assertNotNull",
    "assertNull",
    "ok",
    "assert",
    "True",
    "False",
    "XCTAssertTrue",
    "XCTAssertFalse",
    "XCTAssert",
];

/// Whether the argument at `position` of `count` is a text for people. `callee` is written without spaces.
pub(super) fn is_for_people(callee: &str, position: usize, count: usize) -> bool {
    let plain = callee.trim_start_matches('@');
    let (first, last) =
        (plain.split('.').next().unwrap_or(plain), plain.rsplit(['.', ':', '>']).next().unwrap_or(plain));
    let is_title = TITLES.contains(&plain)
        || TITLE_METHODS.contains(&plain)
        || TITLES.contains(&first) && matches!(last, "only" | "skip" | "concurrent" | "fails" | "describe");
    let is_message = MESSAGES.contains(&last) && plain != last;
    let is_check = CHECKS.contains(&last) && count > 1;
    // Older checks take the message first.
    is_title && position == 0 || is_message || is_check && (position == 0 || position + 1 == count)
}
