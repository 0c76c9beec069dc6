//! The way of somebody new, from a repository with one flag to a green gate: a policy, a failing job with the finding on
//! its line, a pull request, its merge.

use std::path::Path;

use serde_json::Value;

use crate::forge::{Forge, TOKEN, git};
use crate::harness::{downhaul, project, run, tree, write};

const SHOP: &str = "import { initialize } from 'unleash-client';\n\
                    const unleash = initialize({ url: 'u', appName: 'shop' });\n\
                    \n\
                    export function checkout(cart: string[]) {\n\
                    \x20 if (unleash.isEnabled('one-page-checkout')) {\n\
                    \x20   return onePage(cart);\n\
                    \x20 }\n\
                    \x20 return threePages(cart);\n\
                    }\n\
                    \n\
                    function onePage(cart: string[]) {\n\
                    \x20 return `one page, ${cart.length} items`;\n\
                    }\n\
                    \n\
                    function threePages(cart: string[]) {\n\
                    \x20 return `three pages, ${cart.length} items`;\n\
                    }\n";

/// The README's rule, put behind what `init` wrote.
const RULE: &str = "\n[rules.fully-rolled-out-flag]\nseverity = \"error\"\nafter_days = 14\n";

/// The demo's server with one flag only, and without the tokens, which are another story.
fn snapshot() -> String {
    let text = std::fs::read_to_string(project().join("fixtures/demo/downhaul.snapshot.json")).expect("the snapshot");
    let mut snapshot: Value = serde_json::from_str(&text).expect("JSON");
    let keep = |list: &mut Value, is_kept: &dyn Fn(&Value) -> bool| {
        list.as_array_mut().expect("a list").retain(|entry| is_kept(entry));
    };
    keep(&mut snapshot["flags"], &|flag| flag["key"] == "one-page-checkout");
    keep(&mut snapshot["unknown_names"], &|_| false);
    snapshot["access"]["counts"]["admin_tokens"] = Value::from(0);
    snapshot.to_string()
}

fn commit(folder: &Path, message: &str) {
    git(folder, &["add", "."]);
    git(folder, &["commit", "--quiet", "--message", message]);
}

#[test]
fn from_a_flag_to_a_green_gate() {
    let (forge, repository) = (Forge::start(), tree(&[("src/shop.ts", SHOP)]));
    let folder = repository.path();
    git(folder, &["init", "--quiet", "--initial-branch=main"]);
    git(folder, &["remote", "add", "origin", &forge.remote()]);
    write(folder, "downhaul.snapshot.json", snapshot().as_bytes());
    run(downhaul(folder).args(["init", "--offline"])).exits(0);
    let policy = std::fs::read_to_string(folder.join("downhaul.toml")).expect("init writes a policy");
    write(folder, "downhaul.toml", format!("{policy}{RULE}").as_bytes());
    commit(folder, "The shop, and its gate");
    git(folder, &["push", "--quiet", &forge.bare().to_string_lossy(), "main"]);

    // The job fails, and says so on the line.
    let summary = folder.join("../summary.md");
    let job = || {
        run(downhaul(folder)
            .args(["check", "--offline"])
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_STEP_SUMMARY", &summary))
    };
    let failed = job().exits(1);
    assert!(failed.stderr.contains("::error file=src/shop.ts,line=5,"), "{}", failed.stderr);
    let told = std::fs::read_to_string(&summary).expect("the summary of the step");
    assert!(told.contains("check failed") && told.contains("`fully-rolled-out-flag`"), "{told}");

    // A pull request takes the flag out.
    let mut pr = downhaul(folder);
    pr.args(["pr", "--host", "github", "--offline"]).env("DOWNHAUL_HOST_TOKEN", TOKEN);
    let made = run(&mut pr).exits(0);
    let pull = forge.memory().pulls.first().cloned().unwrap_or_else(|| panic!("{}{}", made.stdout, made.stderr));
    assert!(pull.body.contains("settled") && pull.title.contains("one-page-checkout"), "{}", pull.body);
    let after = forge.file(&pull.branch, "src/shop.ts").expect("the file");
    assert!(after.contains("{\n  return onePage(cart);\n}") && !after.contains("threePages"), "{after}");

    // Merged, the gate is green.
    let bare = forge.bare();
    git(folder, &["pull", "--quiet", "--no-rebase", "--no-edit", &bare.to_string_lossy(), &pull.branch]);
    job().exits(0);
}
