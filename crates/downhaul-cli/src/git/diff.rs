//! Reads `git diff --unified=0`.

use super::Changes;

/// What a diff says of the files as they are now.
pub(super) fn parse(diff: &[u8]) -> Changes {
    let mut changes = Changes::default();
    let mut file = File::default();
    // Lines of the hunk that are still to come: they may look like anything.
    let mut content = 0_u32;
    for line in diff.split(|byte| *byte == b'\n') {
        match line.first() {
            Some(b'+' | b'-') if content > 0 => content -= 1,
            Some(b'\\') => {}
            _ if line.starts_with(b"diff --git ") => {
                std::mem::take(&mut file).finish(&mut changes);
            }
            _ => {
                if let Some(path) = line.strip_prefix(b"--- ") {
                    file.old = side(path, b"a/");
                } else if let Some(path) = line.strip_prefix(b"+++ ") {
                    file.new = side(path, b"b/");
                } else if let Some(path) = line.strip_prefix(b"rename to ") {
                    file.new = Some(unquote(path));
                } else if let Some((old, new)) = hunk(line) {
                    content = old.1 + new.1;
                    file.hunk(old, new, &mut changes);
                }
            }
        }
    }
    file.finish(&mut changes);
    changes
}

/// The file whose part of the diff is being read.
#[derive(Default)]
struct File {
    old: Option<String>,
    new: Option<String>,
}

impl File {
    fn hunk(&self, old: (u32, u32), new: (u32, u32), changes: &mut Changes) {
        let Some(path) = &self.new else { return };
        let (start, count) = new;
        if count > 0 {
            changes.added.add(path.clone(), start..=start + count - 1);
        }
        if old.1 > 0 {
            // Where nothing was added, git names the line before.
            let at = if count > 0 { start } else { start + 1 };
            changes.removed_at.entry(path.clone()).or_default().push(at);
        }
    }

    fn finish(self, changes: &mut Changes) {
        match (self.old, self.new) {
            (_, Some(new)) => changes.changed.push(new),
            (Some(old), None) => changes.deleted.push(old),
            (None, None) => {}
        }
    }
}

/// The path of one side; `None` for `/dev/null`.
fn side(path: &[u8], prefix: &[u8]) -> Option<String> {
    if path == b"/dev/null" {
        return None;
    }
    // Git puts a tab after a path with a space in it.
    let path = unquote(path.strip_suffix(b"\t").unwrap_or(path));
    let prefix = String::from_utf8_lossy(prefix).into_owned();
    Some(path.strip_prefix(&prefix).map_or(path.clone(), str::to_owned))
}

/// `@@ -start,count +start,count @@`; a count that is left out is 1.
fn hunk(line: &[u8]) -> Option<((u32, u32), (u32, u32))> {
    let text = std::str::from_utf8(line.get(..line.len().min(80))?)
        .or_else(|error| std::str::from_utf8(&line[..error.valid_up_to()]))
        .ok()?;
    let mut words = text.strip_prefix("@@ ")?.split(' ');
    let old = range(words.next()?.strip_prefix('-')?)?;
    let new = range(words.next()?.strip_prefix('+')?)?;
    Some((old, new))
}

fn range(text: &str) -> Option<(u32, u32)> {
    match text.split_once(',') {
        Some((start, count)) => Some((start.parse().ok()?, count.parse().ok()?)),
        None => Some((text.parse().ok()?, 1)),
    }
}

/// A path as git writes it: in quotes, with escapes, when it holds something unusual.
fn unquote(path: &[u8]) -> String {
    let Some(inner) = path.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")) else {
        return String::from_utf8_lossy(path).into_owned();
    };
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner.iter().copied();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        match rest.next() {
            Some(b't') => bytes.push(b'\t'),
            Some(b'n') => bytes.push(b'\n'),
            Some(b'r') => bytes.push(b'\r'),
            Some(b'a') => bytes.push(7),
            Some(b'b') => bytes.push(8),
            Some(b'v') => bytes.push(11),
            Some(b'f') => bytes.push(12),
            Some(digit @ b'0'..=b'3') => {
                let octal = [Some(digit), rest.next(), rest.next()].into_iter().flatten();
                bytes.push(octal.fold(0_u8, |value, digit| value.wrapping_mul(8).wrapping_add(digit & 7)));
            }
            Some(other) => bytes.push(other),
            None => {}
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use downhaul_core::{Location, Position};

    use super::*;

    fn is_added(changes: &Changes, path: &str, line: u32) -> bool {
        let at = Position { line, column: 1 };
        changes.added.contains(&Location { start: at, ..Location::file_start(path) })
    }

    #[test]
    fn lines_are_counted_in_the_new_file() {
        let diff = b"diff --git a/a.ts b/a.ts\nindex 1..2 100644\n--- a/a.ts\n+++ b/a.ts\n\
            @@ -3 +3,2 @@ fn x\n-old\n+new\n+++ more\n@@ -9,2 +10,0 @@\n-gone\n--- gone\n\
            diff --git a/b.ts b/b.ts\ndeleted file mode 100644\n--- a/b.ts\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n\
            diff --git a/c.ts b/c.ts\nnew file mode 100644\n--- /dev/null\n+++ b/c.ts\n@@ -0,0 +1 @@\n+x\n\\ No newline at end of file\n";
        let changes = parse(diff);
        let added: Vec<u32> = (1..12).filter(|line| is_added(&changes, "a.ts", *line)).collect();
        assert_eq!(added, [3, 4]);
        assert_eq!(changes.removed_at["a.ts"], [3, 11]);
        assert!(is_added(&changes, "c.ts", 1));
        assert_eq!(
            (changes.changed, changes.deleted),
            (vec!["a.ts".to_owned(), "c.ts".to_owned()], vec!["b.ts".to_owned()])
        );
    }

    #[test]
    fn a_renamed_file_is_known_by_its_new_name_and_keeps_its_old_lines() {
        let diff = b"diff --git a/a.ts b/d/a.ts\nsimilarity index 90%\nrename from a.ts\nrename to d/a.ts\n";
        let changes = parse(diff);
        assert_eq!(changes.changed, ["d/a.ts"]);
        assert!(!is_added(&changes, "d/a.ts", 1));
    }

    #[test]
    fn unusual_paths_are_read() {
        assert_eq!(side(b"b/with space\t", b"b/").as_deref(), Some("with space"));
        assert_eq!(side(br#""b/tab\there\"\303\274""#, b"b/").as_deref(), Some("tab\there\"\u{fc}"));
    }
}
