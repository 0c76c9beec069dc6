//! Which of two values of an option is the stricter one: told by the option's name, which follows a convention.

use downhaul_core::Severity;
use toml::Value;

/// What a new value of an option is beside the old one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// The same, or one that can only add findings.
    SameOrStricter,
    /// One that may take findings away, or of which that is not known.
    Looser,
}

/// How the values of an option are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// A smaller number, a shorter list or `false` is stricter.
    LessIsStricter,
    /// A greater number, a longer list or `true` is stricter.
    MoreIsStricter,
    /// Severities.
    Severity,
    /// Not known.
    Unknown,
}

/// The direction of an option, by its name.
pub(crate) fn direction(option: &str) -> Direction {
    let begins = |words: &[&str]| words.iter().any(|word| option.starts_with(word));
    let ends = |words: &[&str]| words.iter().any(|word| option.ends_with(word));
    if begins(&["severity"]) {
        Direction::Severity
    } else if ["min_age_days", "min_daily_evaluations", "min_hours"].contains(&option) {
        // What a subject has to come to before a rule speaks of it at all: thresholds of noise.
        Direction::LessIsStricter
    } else if option == "expiring_days" {
        // How long before the day a rule speaks.
        Direction::MoreIsStricter
    } else if begins(&["min_", "require", "due_soon", "forbid", "period", "lookback", "warn_before"]) {
        Direction::MoreIsStricter
    } else if begins(&[
        "max_", "allow", "ignore", "accept", "grace", "except", "after_", "quiet_", "within_", "review_", "initial_",
    ]) || ends(&["_days", "_hours"])
    {
        Direction::LessIsStricter
    } else {
        Direction::Unknown
    }
}

/// What `new` is beside `old`.
pub(crate) fn change(option: &str, old: &Value, new: &Value) -> Change {
    if old == new {
        return Change::SameOrStricter;
    }
    // 0 is the strictest limit with some options, and no limit at all with others.
    if *new == Value::Integer(0) {
        return Change::Looser;
    }
    let holds = match direction(option) {
        Direction::LessIsStricter => is_less(new, old),
        Direction::MoreIsStricter => is_less(old, new),
        Direction::Severity => {
            let level = |value: &Value| value.as_str().and_then(Severity::from_name);
            matches!((level(old), level(new)), (Some(old), Some(new)) if new >= old)
        }
        Direction::Unknown => false,
    };
    if holds { Change::SameOrStricter } else { Change::Looser }
}

/// Whether the new value of an option can only add findings, as far as its name tells.
pub fn is_stricter(option: &str, old: &Value, new: &Value) -> bool {
    old != new && change(option, old, new) == Change::SameOrStricter
}

fn is_less(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Integer(a), Value::Integer(b)) => a <= b,
        (Value::Float(a), Value::Float(b)) => a <= b,
        (Value::Boolean(a), Value::Boolean(b)) => a <= b,
        (Value::Array(a), Value::Array(b)) => a.iter().all(|element| b.contains(element)),
        (Value::Table(a), Value::Table(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| is_less(a, b)))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_kept(option: &str, old: &str, new: &str) -> bool {
        let value = |text: &str| format!("v = {text}").parse::<toml::Table>().expect("TOML")["v"].clone();
        change(option, &value(old), &value(new)) == Change::SameOrStricter
    }

    #[test]
    fn names_say_which_way_is_kept() {
        assert!(is_kept("after_days", "30", "14"));
        assert!(!is_kept("after_days", "30", "31"));
        assert!(is_kept("min_approvals", "1", "2"));
        assert!(!is_kept("min_approvals", "2", "1"));
        assert!(is_kept("allow_paths", "['a', 'b']", "['a']"));
        assert!(!is_kept("allow_paths", "['a']", "['a', 'b']"));
        assert!(is_kept("severity", "'note'", "'error'"));
        assert!(!is_kept("severity", "'error'", "'off'"));
        assert!(is_kept("after_days_by_type", "{ experiment = 14 }", "{ experiment = 7 }"));
        assert!(!is_kept("after_days_by_type", "{ experiment = 14 }", "{}"));
        assert!(!is_kept("separation", "'strict'", "'author'"));
        assert!(is_kept("separation", "'strict'", "'strict'"));
    }
}
