//! What a change adds and takes away of two lists of references. A reference that only moved, to another line,
//! function or file, is neither; nor is one that was only written differently.

use std::collections::HashMap;

use downhaul_core::{Reference, ReferenceKind, ReferencedKey};

/// What of `now` is new, and what of `before` is gone, each in its order.
pub(crate) fn compare(before: &[Reference], now: &[Reference]) -> (Vec<Reference>, Vec<Reference>) {
    let mut gone: Vec<&Reference> = before.iter().collect();
    let mut fresh: Vec<&Reference> = now.iter().collect();
    // The best partner first: of two equal calls the one in the same file and function has stayed.
    for place in [Place::Function, Place::File, Place::Elsewhere] {
        let mut partners: HashMap<Identity, Vec<&Reference>> = HashMap::new();
        // From the last to the first, so that the first is the next one to be taken.
        for reference in gone.iter().rev() {
            partners.entry(identity(reference, place)).or_default().push(reference);
        }
        let mut stayed: Vec<*const Reference> = Vec::new();
        fresh.retain(|reference| match partners.get_mut(&identity(reference, place)).and_then(Vec::pop) {
            Some(partner) => {
                stayed.push(partner);
                false
            }
            None => true,
        });
        gone.retain(|reference| !stayed.iter().any(|partner| std::ptr::eq(*partner, *reference)));
    }
    let own = |list: Vec<&Reference>| list.into_iter().cloned().collect();
    (own(fresh), own(gone))
}

/// How near two references must stand to be one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In the function of the same name, of the same file.
    Function,
    /// In the same file.
    File,
    /// Anywhere.
    Elsewhere,
}

/// What makes a reference the one that it is.
#[derive(PartialEq, Eq, Hash)]
struct Identity<'r> {
    key: &'r ReferencedKey,
    kind: ReferenceKind,
    expression: String,
    path: Option<&'r str>,
    function: Option<&'r str>,
}

fn identity(reference: &Reference, place: Place) -> Identity<'_> {
    let function = reference.enclosing.function.as_deref();
    Identity {
        key: &reference.key,
        kind: reference.kind,
        expression: as_formatters_leave_it(&reference.expression),
        path: (place != Place::Elsewhere).then_some(&reference.location.path),
        function: function.filter(|_| place == Place::Function),
    }
}

/// Formatters choose quotes and put a comma after the last argument; white space has gone already.
fn as_formatters_leave_it(expression: &str) -> String {
    expression.replace(['"', '`'], "'").replace(",)", ")").replace(",}", "}").replace(",]", "]")
}

#[cfg(test)]
mod tests {
    use downhaul_core::{Confidence, Context, Enclosing, FlagKey, Location, PathClass, Position, Resolution};

    use super::*;

    fn reference(key: &str, path: &str, function: &str, line: u32, expression: &str) -> Reference {
        let start = Position { line, column: 1 };
        Reference {
            key: ReferencedKey::Known(FlagKey::new(key).unwrap()),
            kind: ReferenceKind::Evaluation,
            resolution: Resolution::Literal,
            confidence: Confidence::High,
            sdk: None,
            call: None,
            returns: None,
            negated: false,
            fallback: None,
            context: Context::Absent,
            variant: None,
            location: Location { start, ..Location::file_start(path) },
            via: Vec::new(),
            enclosing: Enclosing { function: Some(function.to_owned()), ..Enclosing::default() },
            expression: expression.to_owned(),
            class: PathClass::Production,
        }
    }

    fn lines(references: &[Reference]) -> Vec<u32> {
        references.iter().map(|reference| reference.location.start.line).collect()
    }

    #[test]
    fn moves_and_new_clothes_are_no_changes() {
        let before = [
            reference("a", "x.ts", "f", 1, "on('a')"),
            reference("a", "x.ts", "g", 5, "on('a')"),
            reference("b", "x.ts", "g", 6, "on('b')"),
        ];
        let now = [
            reference("b", "y.ts", "h", 2, "on(\"b\",)"),
            reference("a", "x.ts", "g", 30, "on('a')"),
            reference("a", "x.ts", "f", 40, "on('a')"),
        ];
        assert_eq!(compare(&before, &now), (Vec::new(), Vec::new()));
    }

    #[test]
    fn what_comes_twice_is_counted() {
        let one = |line| reference("a", "x.ts", "f", line, "on('a')");
        let (added, removed) = compare(&[one(1)], &[one(1), one(2), one(3)]);
        assert_eq!((lines(&added), lines(&removed)), (vec![2, 3], vec![]));
        let (added, removed) = compare(&[one(1), one(2)], &[reference("a", "x.ts", "f", 1, "off('a')")]);
        assert_eq!((lines(&added), lines(&removed)), (vec![1], vec![1, 2]));
    }
}
