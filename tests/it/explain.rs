//! `explain`: what is said of a line, a file, a flag.

use std::path::Path;
use std::process::Command;

use crate::harness::{downhaul, run, tree};

const FLAGS: &str = "export const NEW_CHECKOUT = 'new-checkout';\n";
const CART: &str = "import { initialize } from 'unleash-client';\n\
                    import { NEW_CHECKOUT } from './flags';\n\
                    const unleash = initialize({ url: 'u', appName: 'a' });\n\
                    export function total() {\n\
                    \x20 // new-checkout is nearly done\n\
                    \x20 if (unleash.isEnabled(NEW_CHECKOUT)) return 1;\n\
                    \x20 if (thing.isEnabled('other-key')) return 2;\n\
                    \x20 return 0;\n\
                    }\n";

fn shop() -> tempfile::TempDir {
    tree(&[
        ("src/flags.ts", FLAGS),
        ("src/cart.ts", CART),
        ("keys.txt", "new-checkout\n"),
        ("generated/a.ts", CART),
        ("generated/keep.ts", CART),
        (".gitignore", "# made by programs\ngenerated/*\n!generated/keep.ts\n"),
        ("secret/b.ts", CART),
        (".downhaulignore", "secret/\n"),
        ("notes.txt", "new-checkout\n"),
    ])
}

#[track_caller]
fn explained(folder: &Path, subject: &str) -> String {
    run(downhaul(folder).args(["explain", subject, "--keys", "keys.txt"])).exits(0).stdout
}

#[track_caller]
fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
}

#[test]
fn a_line_tells_its_rung_and_the_way_there() {
    let shop = shop();
    has(
        &explained(shop.path(), "src/cart.ts:6"),
        &[
            "evaluation of `new-checkout`",
            "key: through a constant",
            "SDK `node`",
            "import: src/cart.ts:2:1  import { NEW_CHECKOUT } from './flags';",
            "constant: src/flags.ts:1:14",
            "in: total, evaluated each time the function runs",
        ],
    );
    has(&explained(shop.path(), "src/flags.ts:1"), &["definition of `new-checkout`", "leads to\n  src/cart.ts:6:"]);
    has(&explained(shop.path(), "src/cart.ts:5"), &["mention of `new-checkout`", "not listed by a plain scan"]);
    has(
        &explained(shop.path(), "src/cart.ts:7:3"),
        &["only named like a call of the SDK", "not listed by a plain scan"],
    );
    has(&explained(shop.path(), "src/cart.ts:8"), &["no reference: no known key stands here"]);
}

#[test]
fn a_file_that_is_not_scanned_tells_why() {
    let shop = shop();
    let git = |arguments: &[&str]| {
        let output = Command::new("git").arg("-C").arg(shop.path()).args(arguments).output().expect("git starts");
        assert!(output.status.success(), "{output:?}");
    };
    let rule = "generated/a.ts is not scanned: the rule `generated/*` in .gitignore:2 ignores it\n";
    assert_eq!(explained(shop.path(), "generated/a.ts"), rule);
    git(&["init", "-q", "."]);
    assert_eq!(explained(shop.path(), "generated/a.ts:3"), rule);
    has(&explained(shop.path(), "generated/keep.ts"), &["is scanned, as TypeScript"]);
    has(&explained(shop.path(), "secret/b.ts"), &["the rule `secret/` in .downhaulignore:1", "(secret as a whole)"]);
    has(&explained(shop.path(), "notes.txt"), &["by its words alone"]);
    has(&explained(shop.path(), ".git/HEAD"), &["it belongs to git itself"]);
    git(&["add", "-f", "generated/a.ts"]);
    has(
        &explained(shop.path(), "generated/a.ts"),
        &["is scanned, as TypeScript", "generated/a.ts:5:6: mention of `new-checkout`"],
    );
}

#[test]
fn a_flag_tells_where_it_is() {
    let shop = shop();
    let text = explained(shop.path(), "new-checkout");
    has(&text, &["no snapshot was given", "evaluation (1)", "definition (1)", "mention ("]);
    let json = run(downhaul(shop.path()).args(["explain", "new-checkout", "--keys", "keys.txt", "--format", "json"]));
    let json = json.exits(0).json();
    assert_eq!(json["version"], 1);
    assert!(json["references"].as_array().expect("a list").iter().all(|reference| reference["flag"] == "new-checkout"));
}

#[test]
fn the_demo_knows_the_state_of_its_flags() {
    let demo = crate::harness::project().join("fixtures/demo");
    let text = run(downhaul(&demo).args(["explain", "one-page-checkout", "--root", "."])).exits(0).stdout;
    has(&text, &["release flag of project", "production: on", "evaluation ("]);
}

#[test]
fn what_is_nothing_is_said_with_what_is_near() {
    let shop = shop();
    let error = run(downhaul(shop.path()).args(["explain", "new-chekout", "--keys", "keys.txt"])).exits(2).stderr;
    has(&error, &["is no rule, no file of this tree, and no flag", "did you mean `new-checkout`?"]);
    let error = run(downhaul(shop.path()).args(["explain", "src/cart.ts:99"])).exits(2).stderr;
    has(&error, &["src/cart.ts has no line 99: it has 9"]);
}
