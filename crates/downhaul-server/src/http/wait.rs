//! How long a server asks to be left alone.

use std::time::{Duration, Instant};

use downhaul_core::Timestamp;

/// As good as for ever, and still a time that every clock can count.
const FOR_EVER: Duration = Duration::from_secs(365 * 86_400);

/// The moment when `pause` is over.
pub(crate) fn end_of(pause: Duration) -> Instant {
    Instant::now() + pause.min(FOR_EVER)
}

/// What a header means that counts seconds (or requests).
pub(crate) fn seconds(text: &str) -> Option<Duration> {
    let text = text.trim();
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // A number that is too large for us is a very long time.
    is_number.then(|| Duration::from_secs(text.parse().unwrap_or(u64::MAX)))
}

/// What `Retry-After` means: seconds, or a date of the server's clock, which shows `now`.
pub(crate) fn retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    seconds(text).or_else(|| {
        let left = http_date(text)?.duration_since(now);
        Some(Duration::try_from(left).unwrap_or(Duration::ZERO))
    })
}

/// A date as HTTP writes it.
pub(crate) fn http_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text.trim()).ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{end_of, retry_after};

    #[test]
    fn pause_is_a_number_of_seconds_or_a_date() {
        let now = "2026-11-22T18:00:00Z".parse().expect("a moment");
        let cases = [
            ("0", Some(0)),
            (" 120 ", Some(120)),
            ("18446744073709551615", Some(u64::MAX)),
            ("99999999999999999999999", Some(u64::MAX)),
            ("Sun, 22 Nov 2026 18:02:00 GMT", Some(120)),
            (" Mon, 23 Nov 2026 18:00:00 GMT ", Some(86_400)),
            ("Sun, 22 Nov 2026 18:00:00 GMT", Some(0)),
            ("Sun, 22 Nov 2026 17:59:59 GMT", Some(0)),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("", None),
            ("-1", None),
            ("+5", None),
            ("1.5", None),
            ("soon", None),
            ("2026-11-22T18:02:00Z", None),
            ("Mon, 22 Nov 2026 18:02:00 GMT", None),
            ("Sun, 31 Nov 2026 18:02:00 GMT", None),
            ("Sun, 22 Nov 2026", None),
        ];
        for (text, expected) in cases {
            assert_eq!(retry_after(text, now), expected.map(Duration::from_secs), "{text}");
        }
        let last = retry_after("Thu, 31 Dec 9998 23:59:59 GMT", now).expect("a date");
        assert!(last > Duration::from_secs(7000 * 365 * 86_400));
        for pause in [last, Duration::MAX] {
            assert!(end_of(pause) > end_of(Duration::from_secs(86_400)));
        }
    }
}
