//! Which files are read, how they are decoded, and what is said of those that were not.

mod common;

use std::fs;
use std::path::Path;

use downhaul_core::{FlagKey, PathClass, ReferenceKind, SkipReason, Timing};
use downhaul_lang::Catalog;
use downhaul_scanner::{
    ArgumentConfig, CallKind, Scan, ScanConfig, ScanError, ScanRequest, SdkConfig, WrapperConfig, scan,
};

use common::{describe, scan_folder};

const CODE: &str = "import { isEnabled } from 'unleash-client';\nisEnabled('new-checkout');\n";

fn write(root: &Path, path: &str, content: impl AsRef<[u8]>) {
    let full = root.join(path);
    fs::create_dir_all(full.parent().unwrap()).unwrap();
    fs::write(full, content).unwrap();
}

fn paths(scan: &Scan) -> Vec<&str> {
    scan.references.iter().map(|reference| reference.location.path.as_ref()).collect()
}

#[test]
fn ignore_files_are_honoured_outside_of_git_too() {
    let root = tempfile::tempdir().unwrap();
    for path in ["a.ts", "out/b.ts", "sub/c.ts", "sub/keep.ts", ".hidden/d.ts", ".git/e.ts", "own/f.ts"] {
        write(root.path(), path, CODE);
    }
    write(root.path(), ".gitignore", "out/\nsub/*.ts\n");
    write(root.path(), "sub/.gitignore", "!keep.ts\n");
    write(root.path(), ".downhaulignore", "own/\n");
    let scan = scan_folder(root.path(), &[]);
    assert_eq!(paths(&scan), [".hidden/d.ts", "a.ts", "sub/keep.ts"]);
    assert_eq!(scan.skipped, []);
}

#[test]
fn encodings_are_read() {
    let root = tempfile::tempdir().unwrap();
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(CODE.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    write(root.path(), "a-utf16.ts", utf16);
    write(root.path(), "b-bom.ts", format!("\u{feff}{CODE}"));
    write(root.path(), "c-crlf.ts", CODE.replace('\n', "\r\n"));
    let latin1: Vec<u8> = b"// \xe5\n".iter().copied().chain(CODE.bytes()).collect();
    write(root.path(), "d-latin1.ts", latin1);
    write(root.path(), "e-long-line.ts", format!("/* {} */ {}", "x".repeat(100_000), CODE.replace('\n', " ")));
    let scan = scan_folder(root.path(), &["new-checkout"]);
    let found: Vec<(&str, u32, String)> = scan
        .references
        .iter()
        .map(|reference| (reference.location.path.as_ref(), reference.location.start.line, describe(reference)))
        .collect();
    let evaluation = || "evaluation:new-checkout".to_owned();
    assert_eq!(
        found,
        [
            ("a-utf16.ts", 2, evaluation()),
            ("b-bom.ts", 2, evaluation()),
            ("c-crlf.ts", 2, evaluation()),
            ("d-latin1.ts", 3, evaluation()),
            ("e-long-line.ts", 1, evaluation()),
        ]
    );
}

#[test]
fn what_was_not_read_is_said() {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), "big.ts", format!("{CODE}{}", " ".repeat(5_000)));
    write(root.path(), "broken.ts", "const = ;;; ) isEnabled('new-checkout'\n");
    write(root.path(), "odd.ts", [0xff, 0xfe, 0x00, 0xd8, 0x41]);
    let mut request = ScanRequest::new(root.path());
    request.keys = [FlagKey::new("new-checkout").unwrap()].into();
    request.config = ScanConfig { max_file_size: 4_000, ..ScanConfig::default() };
    let scan = scan(&request, Catalog::load(), &()).unwrap();
    let reasons: Vec<(&str, SkipReason)> =
        scan.skipped.iter().map(|skipped| (skipped.path.as_str(), skipped.reason)).collect();
    assert_eq!(
        reasons,
        [
            ("big.ts", SkipReason::TooLarge),
            ("broken.ts", SkipReason::SyntaxErrors),
            ("odd.ts", SkipReason::UnknownEncoding)
        ]
    );
    assert_eq!(paths(&scan), ["broken.ts"], "a file with broken syntax is not lost");
}

#[test]
fn what_was_given_up_is_said() {
    let root = tempfile::tempdir().unwrap();
    let chain: String = (1..600).map(|n| format!("const k{n} = k{};\n", n - 1)).collect();
    let head = "import { isEnabled } from 'unleash-client';\nconst k0 = 'new-checkout';\n";
    write(root.path(), "chain.ts", format!("{head}{chain}isEnabled(k599);\nisEnabled(k9);\n"));
    let body = "e.isEnabled(\"new-checkout\")?a():b();".repeat(60_000);
    write(root.path(), "bundle.js", format!("(function(e){{{body}}})(require('unleash-client'))"));
    let scan = scan_folder(root.path(), &["new-checkout"]);
    let reasons: Vec<(&str, SkipReason)> =
        scan.skipped.iter().map(|skipped| (skipped.path.as_str(), skipped.reason)).collect();
    assert_eq!(reasons.first(), Some(&("bundle.js", SkipReason::TooLarge)));
    assert!(reasons.len() > 1 && reasons[1..].iter().all(|reason| *reason == ("chain.ts", SkipReason::ChainTooLong)));
    let known = |path: &str| scan.references.iter().filter(|reference| &*reference.location.path == path).count();
    assert_eq!(known("bundle.js"), 60_000, "a bundle is not lost");
    assert!(known("chain.ts") >= 2, "{:?}", scan.references.last());
}

#[cfg(unix)]
#[test]
fn links_in_circles_do_no_harm() {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), "a/b.ts", CODE);
    std::os::unix::fs::symlink("..", root.path().join("a/up")).unwrap();
    std::os::unix::fs::symlink("nowhere", root.path().join("a/gone.ts")).unwrap();
    let scan = scan_folder(root.path(), &[]);
    assert_eq!(paths(&scan), ["a/b.ts"]);
    assert_eq!(scan.skipped.len(), 1);
    assert_eq!(scan.skipped[0].reason, SkipReason::BrokenLink);
}

#[test]
fn paths_have_classes() {
    let root = tempfile::tempdir().unwrap();
    for path in ["src/a.ts", "src/a.test.ts", "docs/a.ts", "vendor/a.ts", "gen/a.ts"] {
        write(root.path(), path, CODE);
    }
    let scan = scan_folder(root.path(), &["new-checkout"]);
    let classes: Vec<(&str, PathClass)> =
        scan.references.iter().map(|reference| (reference.location.path.as_ref(), reference.class)).collect();
    assert_eq!(
        classes,
        [
            ("docs/a.ts", PathClass::Docs),
            ("gen/a.ts", PathClass::Generated),
            ("src/a.test.ts", PathClass::Test),
            ("src/a.ts", PathClass::Production),
            ("vendor/a.ts", PathClass::Vendored)
        ]
    );
}

#[test]
fn surroundings_are_told() {
    let root = tempfile::tempdir().unwrap();
    let code = "from UnleashClient import UnleashClient\nclient = UnleashClient()\nON = client.is_enabled('a-b')\n\
                class Cart:\n    ON = client.is_enabled('a-b')\n    def total(self):\n        for item in self.items:\n            if client.is_enabled('a-b'): pass\n\
                def f(x=client.is_enabled('a-b')): pass\n";
    write(root.path(), "a.py", code);
    let scan = scan_folder(root.path(), &[]);
    let told: Vec<(Option<&str>, Timing, bool, bool)> = scan
        .references
        .iter()
        .filter(|reference| reference.kind == ReferenceKind::Evaluation)
        .map(|reference| {
            let enclosing = &reference.enclosing;
            (enclosing.function.as_deref(), enclosing.timing, enclosing.stored, enclosing.in_loop)
        })
        .collect();
    assert_eq!(
        told,
        [
            (None, Timing::ModuleLoad, true, false),
            (Some("Cart"), Timing::ClassAttribute, true, false),
            (Some("Cart.total"), Timing::PerCall, false, true),
            (Some("f"), Timing::DefaultArgument, false, false),
        ]
    );
}

#[test]
fn the_same_scan_gives_the_same_answer() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/scan");
    let first = scan_folder(&root, &["new-checkout", "banner"]);
    for threads in [1, 3] {
        let mut request = ScanRequest::new(&root);
        request.keys = ["new-checkout", "banner"].iter().map(|key| FlagKey::new(key).unwrap()).collect();
        request.threads = Some(threads);
        assert_eq!(scan(&request, Catalog::load(), &()).unwrap(), first);
    }
}

#[test]
fn only_what_stops_everything_is_an_error() {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), "a.ts", CODE);
    let run = |request: &ScanRequest| scan(request, Catalog::load(), &());
    assert!(matches!(run(&ScanRequest::new(root.path().join("none"))), Err(ScanError::NoRoot(_))));
    assert!(matches!(run(&ScanRequest::new(root.path().join("a.ts"))), Err(ScanError::RootIsNoFolder(_))));
    let mut outside = ScanRequest::new(root.path());
    outside.paths = vec!["..".into()];
    assert!(matches!(run(&outside), Err(ScanError::OutsideRoot { .. })));
    let mut glob = ScanRequest::new(root.path());
    glob.config.exclude = vec!["a[".to_owned()];
    assert!(matches!(run(&glob), Err(ScanError::BadGlob { .. })));
    let mut one = ScanRequest::new(root.path());
    one.paths = vec!["a.ts".into()];
    assert_eq!(paths(&run(&one).unwrap()), ["a.ts"]);
}

const GATES: &str = "import { ask } from '@acme/gates';
declare const lamp: Lamp, user: object;
lit(user, 'lamp-red');
lamp.shine('lamp-green');
table.shine('lamp-blue');
ask({ user }, 'lamp-white');
";

fn wrapper(name: &str, argument: usize) -> WrapperConfig {
    WrapperConfig { name: name.to_owned(), argument: ArgumentConfig::Position(argument) }
}

#[test]
fn configured_calls_are_found_and_unused_entries_are_told() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("a.ts"), GATES).unwrap();
    let mut request = ScanRequest::new(root.path());
    request.config.wrappers = vec![wrapper("lit", 1), wrapper("Lamp.shine", 0), wrapper("Lamp.glow", 0)];
    let call = |import: &str| SdkConfig {
        import: Some(import.to_owned()),
        receiver: None,
        call: "ask".to_owned(),
        argument: ArgumentConfig::Position(1),
        kind: CallKind::Variant,
    };
    request.config.sdks = vec![call("@acme/gates"), call("@acme/doors")];
    let scan = scan(&request, Catalog::load(), &()).unwrap();
    let found: Vec<(u32, String)> =
        scan.references.iter().map(|found| (found.location.start.line, describe(found))).collect();
    let at = |line, what: &str| (line, what.to_owned());
    assert_eq!(found, [at(3, "evaluation:lamp-red"), at(4, "evaluation:lamp-green"), at(6, "evaluation:lamp-white")]);
    assert_eq!(scan.unused_entries, ["[[wrapper]] Lamp.glow", "[[sdk]] ask"]);
}
