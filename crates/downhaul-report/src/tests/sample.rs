//! The sample: a small tree with awkward names and hostile text, and a report on it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use downhaul_core::finding::Suppression;
use downhaul_core::{
    Anchor, Cleaned, CleanedFile, CleanedFlag, Confidence, Context, Control, Edit, Edition, Enclosing, EvidenceItem,
    Fallback, Finding, Fingerprint, FlagKey, Keep, KeyPattern, Label, Left, LineIndex, Location, LogicalLocation,
    PathClass, Reference, ReferenceKind, ReferencedKey, Removal, Resolution, Returns, RuleInfo, RuleScope, ServerInfo,
    Severity, SkipReason, Skipped, Tally, Timestamp, Verdicts, Via, ViaRole,
};

use crate::report::{CheckReport, Details, GateVerdict, Revision, Run, ScanReport, SourceText, Stats, Style};

pub(super) const CHECKOUT: &str = "src/checkout.ts";
pub(super) const FLAGS: &str = "src/flags.ts";
pub(super) const HOSTILE: &str = "::error::src/ä b,c:100%\u{1b}[2J.ts";
pub(super) const MINIFIED: &str = "dist/app.min.js";
pub(super) const POLICY: &str = "downhaul.toml";
pub(super) const GONE: &str = "src/gone.ts";

/// A message as an attacker would write it.
pub(super) const NASTY: &str =
    "flag `x`\u{1b}[31m is \"off\" at 100%, <b>see</b>\n::error::pwned ##[add-mask]all [here](1) \u{202e}";

static COMPLETED: RuleInfo = RuleInfo {
    id: "completed-flag-in-code",
    summary: "code still evaluates a flag that is declared done",
    docs: "# `completed-flag-in-code`\n\n## What it does\n\nFinds flags that somebody has declared *done* and that the \
           code still evaluates. See `downhaul clean`.\n\n## Why it matters\n\nBoth sides still have to be read, and \
           one of them is dead.\n\n```ts\nif (client.isEnabled(\"new-checkout\")) {}\n```\n",
    severity: Severity::Error,
    severity_on_new: Severity::Error,
    group: "cleanup",
    reasons: &["kept", "discarded"],
    scope: RuleScope::Code,
    controls: &[],
};

static UNKNOWN: RuleInfo = RuleInfo {
    id: "unknown-flag",
    summary: "code evaluates a flag that the server does not have",
    docs: "# `unknown-flag`\n\nThe server has no such flag, so the fallback decides.\n",
    severity: Severity::Warning,
    severity_on_new: Severity::Error,
    group: "code",
    reasons: &["missing"],
    scope: RuleScope::Code,
    controls: &[Control { framework: "ISO/IEC 27001:2022", id: "A.8.32", what: "changes follow a procedure" }],
};

static ZOMBIE: RuleInfo = RuleInfo {
    id: "zombie-flag",
    summary: "nothing evaluates the flag any more",
    docs: "# `zombie-flag`\n\nThe flag lives on the server, and no code asks for it.\n",
    severity: Severity::Note,
    severity_on_new: Severity::Note,
    group: "lifecycle",
    reasons: &["unreferenced"],
    scope: RuleScope::Server,
    controls: &[],
};

/// Owns what a report borrows.
pub(super) struct Sample {
    pub(super) sources: Sources,
    pub(super) verdicts: Verdicts,
    pub(super) references: Vec<Reference>,
    fixes: BTreeMap<FlagKey, Cleaned>,
    skipped: Vec<Skipped>,
    server: ServerInfo,
    rules: Vec<&'static RuleInfo>,
}

/// Files in memory.
pub(super) struct Sources(BTreeMap<&'static str, Arc<str>>);

impl SourceText for Sources {
    fn text(&self, path: &str) -> Option<Arc<str>> {
        self.0.get(path).cloned()
    }
}

impl Sources {
    /// Where `needle` stands for the first time.
    pub(super) fn find(&self, path: &str, needle: &str) -> Location {
        let text = self.text(path).expect("the sample has the file");
        let start = text.find(needle).expect("the file has the text");
        LineIndex::new(&text).location(Arc::from(path), &text, start..start + needle.len())
    }
}

impl Sample {
    pub(super) fn new() -> Self {
        let sources = sources();
        Sample {
            verdicts: Verdicts { findings: findings(&sources), tally: tally() },
            references: references(&sources),
            fixes: fixes(&sources),
            sources,
            skipped: vec![
                skipped("assets/big.json", SkipReason::TooLarge, "104857601 bytes"),
                skipped("::warning::x.go", SkipReason::SyntaxErrors, "line 3\u{1b}[2J"),
            ],
            server: ServerInfo {
                kind: "unleash".to_owned(),
                url: Some("https://unleash.example.com".to_owned()),
                version: Some("7.1.0".to_owned()),
                edition: Edition::OpenSource,
                ..ServerInfo::default()
            },
            rules: vec![&COMPLETED, &UNKNOWN, &ZOMBIE],
        }
    }

    /// The same without anything found, skipped or missing.
    pub(super) fn clean() -> Self {
        let mut sample = Sample::new();
        sample.verdicts.findings.clear();
        sample.references.clear();
        sample.skipped.clear();
        for tally in &mut sample.verdicts.tally {
            (tally.findings, tally.unsupported, tally.not_evaluated) = (0, 0, 0);
            tally.why.clear();
        }
        sample
    }

    pub(super) fn check(&self) -> CheckReport<'_> {
        let clean = self.verdicts.findings.is_empty();
        CheckReport {
            run: self.run(),
            as_of: moment(),
            server: Some(&self.server),
            verdict: if clean { GateVerdict::Passed } else { GateVerdict::Failed },
            verdicts: &self.verdicts,
            rules: &self.rules,
            details: Some(Details { references: &self.references, fixes: &self.fixes }),
        }
    }

    pub(super) fn scan(&self) -> ScanReport<'_> {
        ScanReport { run: self.run(), references: &self.references, as_of: None, since: None }
    }

    fn run(&self) -> Run<'_> {
        Run {
            tool_version: "0.0.0-test",
            root: ".",
            complete: self.skipped.is_empty(),
            skipped: &self.skipped,
            stats: Stats { files: 214, references: self.references.len(), flags: self.references.len().min(3) },
            sources: &self.sources,
            revision: Some(Revision {
                repository: Some("https://user:secret@git.example.com/acme/shop"),
                commit: Some("0123456789abcdef0123456789abcdef01234567"),
                branch: Some("main"),
                files: Some("https://git.example.com/acme/shop/blob/0123456789abcdef0123456789abcdef01234567/"),
            }),
            style: Style::default(),
        }
    }
}

fn moment() -> Timestamp {
    "2026-11-22T10:00:00Z".parse().expect("a moment")
}

fn sources() -> Sources {
    let minified = format!("{}f(\"exp-\"+n){}", "var a=1;".repeat(70_000), ";g()".repeat(70_000));
    Sources(BTreeMap::from([
        (
            CHECKOUT,
            Arc::from(
                "import { client } from './client';\n\nexport function pay() {\n\tlog('💳 é'); if \
                 (client.isEnabled(\"new-checkout\", ctx, false)) {\n\t\treturn fast();\n\t}\n\treturn client\n\t\t\
                 .isEnabled(\n\t\t\t\"old\",\n\t\t);\n}\n",
            ),
        ),
        (FLAGS, Arc::from("// 🏁 flags\r\nexport const NEW_CHECKOUT = \"new-checkout\";\r\n")),
        (
            HOSTILE,
            Arc::from("::error::pwned\n  isEnabled(\"\u{1b}]0;title\u{7}x\"); // ##[error]<b> \u{202e}\u{9b}31m\n"),
        ),
        (MINIFIED, Arc::from(minified)),
        (POLICY, Arc::from("version = 1\n")),
    ]))
}

fn skipped(path: &str, reason: SkipReason, detail: &str) -> Skipped {
    Skipped { path: path.to_owned(), reason, detail: detail.to_owned() }
}

/// A finding with nothing but what it must have.
pub(super) fn finding(rule: &'static str, severity: Severity, anchor: Anchor, message: &str) -> Finding {
    Finding {
        rule,
        reason: "missing",
        severity,
        new: false,
        flag: None,
        project: None,
        environment: None,
        message: message.to_owned(),
        remediation: "Make the flag on the server, or take the call out of the code.".to_owned(),
        evidence: Vec::new(),
        anchor,
        related: Vec::new(),
        logical: None,
        fingerprint: Fingerprint::of(&[rule, message]),
        suppressed: None,
        removal: None,
    }
}

fn findings(sources: &Sources) -> Vec<Finding> {
    let code = |path, needle| Anchor::Code(sources.find(path, needle));
    let hostile = Finding {
        flag: FlagKey::new("::error::x").ok(),
        logical: Some(LogicalLocation {
            name: "unleash:default/\u{1b}[1mx".to_owned(),
            url: Some("javascript:alert(1)".to_owned()),
        }),
        evidence: vec![EvidenceItem {
            what: "asked for \u{7}in vain".to_owned(),
            when: None,
            source: "\"unknown\"\r\n::error::names".to_owned(),
        }],
        remediation: "Rename <b>it</b>, 100%.".to_owned(),
        ..finding("unknown-flag", Severity::Warning, code(HOSTILE, "isEnabled(\"\u{1b}]0;title\u{7}x\")"), NASTY)
    };
    let several_lines = Finding {
        new: true,
        flag: FlagKey::new("old").ok(),
        ..finding(
            "unknown-flag",
            Severity::Error,
            code(CHECKOUT, "client\n\t\t.isEnabled(\n\t\t\t\"old\",\n\t\t)"),
            "The server does not have `old`.",
        )
    };
    let minified =
        finding("unknown-flag", Severity::Note, code(MINIFIED, "f(\"exp-\"+n)"), "No flag of the server fits `exp-*`.");
    let accepted = Finding {
        suppressed: Some(Suppression { kind: "inline", justification: "kept for \u{1b}[5mdemos".to_owned() }),
        ..finding("unknown-flag", Severity::Error, code(FLAGS, "NEW_CHECKOUT"), "Accepted long ago.")
    };
    let gone = Location { path: Arc::from(GONE), ..sources.find(CHECKOUT, "ctx") };
    let unreadable = finding("unknown-flag", Severity::Warning, Anchor::Code(gone), "The file has gone since.");
    let policy = Anchor::Policy(Location::file_start(POLICY));
    let zombie = finding("zombie-flag", Severity::Note, policy, "Nothing evaluates `dark-mode`.");
    let nowhere = finding("zombie-flag", Severity::Note, Anchor::Nowhere, "Nothing evaluates `light-mode`.");
    vec![hostile, minified, zombie, completed(sources), several_lines, accepted, unreadable, nowhere]
}

fn completed(sources: &Sources) -> Finding {
    let key = FlagKey::new("new-checkout").expect("a key");
    Finding {
        reason: "kept",
        flag: Some(key.clone()),
        project: Some("payments".to_owned()),
        environment: Some("production".to_owned()),
        remediation: "Run `downhaul clean new-checkout --keep on`.".to_owned(),
        evidence: vec![EvidenceItem {
            what: "completed".to_owned(),
            when: "2026-10-01T08:30:00Z".parse().ok(),
            source: "event 8812".to_owned(),
        }],
        related: vec![
            Label {
                location: sources.find(FLAGS, "\"new-checkout\""),
                message: "the key is [defined](9) here".to_owned(),
            },
            Label {
                location: Location { path: Arc::from(GONE), ..sources.find(CHECKOUT, "fast") },
                message: "also\u{1b} here".to_owned(),
            },
        ],
        logical: Some(LogicalLocation {
            name: "unleash:payments/new-checkout@production".to_owned(),
            url: Some("https://unleash.example.com/projects/payments/features/new-checkout".to_owned()),
        }),
        removal: Some(Removal { flag: key, keep: Keep::On }),
        ..finding(
            "completed-flag-in-code",
            Severity::Error,
            Anchor::Code(sources.find(CHECKOUT, "client.isEnabled(\"new-checkout\", ctx, false)")),
            "`new-checkout` was completed 52 days ago and is still evaluated.",
        )
    }
}

/// One file is changed, one goes, and something is left.
fn fixes(sources: &Sources) -> BTreeMap<FlagKey, Cleaned> {
    let flag = FlagKey::new("new-checkout").expect("a key");
    let file = |path: &str, edits, deleted| CleanedFile {
        path: path.to_owned(),
        before: sources.text(path).expect("the sample has the file"),
        edits,
        deleted,
        flags: BTreeSet::from([flag.clone()]),
    };
    let check =
        sources.find(CHECKOUT, "if (client.isEnabled(\"new-checkout\", ctx, false)) {\n\t\treturn fast();\n\t}");
    let left = Left { location: sources.find(HOSTILE, "isEnabled"), why: "built at run time".to_owned() };
    let cleaned = Cleaned {
        files: vec![
            file(CHECKOUT, vec![Edit::replace(check.span(), "return fast();")], false),
            file(FLAGS, Vec::new(), true),
        ],
        flags: vec![CleanedFlag {
            removal: Removal { flag: flag.clone(), keep: Keep::On },
            refused: None,
            left: vec![left],
        }],
    };
    BTreeMap::from([(flag, cleaned)])
}

fn tally() -> Vec<Tally> {
    let tally = |rule, findings, passed, not_evaluated, why: &[&str]| Tally {
        rule,
        findings,
        passed,
        exempt: 2,
        unsupported: 0,
        not_evaluated,
        why: why.iter().map(ToString::to_string).collect::<BTreeSet<_>>(),
    };
    vec![
        tally("completed-flag-in-code", 1, 30, 0, &[]),
        tally("unknown-flag", 5, 12, 0, &[]),
        tally("zombie-flag", 2, 0, 4, &["inventory of 2 repositories missing", "403\u{1b}[31m from the server"]),
    ]
}

fn references(sources: &Sources) -> Vec<Reference> {
    let reference = |key, kind, resolution, location| Reference {
        key,
        kind,
        resolution,
        confidence: Confidence::High,
        sdk: Some("unleash".to_owned()),
        call: Some("isEnabled".to_owned()),
        returns: Some(Returns::Bool),
        negated: false,
        fallback: Some(Fallback::Bool(false)),
        context: Context::Absent,
        variant: None,
        location,
        via: Vec::new(),
        enclosing: Enclosing::default(),
        expression: String::new(),
        class: PathClass::Production,
    };
    let known = |key| ReferencedKey::Known(FlagKey::new(key).expect("a key"));
    let evaluation = ReferenceKind::Evaluation;
    vec![
        Reference {
            negated: true,
            confidence: Confidence::Low,
            fallback: Some(Fallback::Literal("o\u{9b}n".to_owned())),
            ..reference(known("::error::x"), evaluation, Resolution::Literal, sources.find(HOSTILE, "isEnabled"))
        },
        Reference {
            fallback: Some(Fallback::Computed),
            ..reference(
                ReferencedKey::Pattern(KeyPattern { parts: vec!["exp-".to_owned(), String::new()] }),
                evaluation,
                Resolution::Pattern,
                sources.find(MINIFIED, "f(\"exp-\"+n)"),
            )
        },
        Reference {
            via: vec![Via { location: sources.find(FLAGS, "\"new-checkout\""), role: ViaRole::Constant }],
            ..reference(
                known("new-checkout"),
                evaluation,
                Resolution::Constant,
                sources.find(CHECKOUT, "client.isEnabled(\"new-checkout\", ctx, false)"),
            )
        },
        Reference {
            sdk: None,
            call: None,
            returns: None,
            fallback: None,
            ..reference(
                known("new-checkout"),
                ReferenceKind::Definition,
                Resolution::Literal,
                sources.find(FLAGS, "NEW_CHECKOUT"),
            )
        },
    ]
}
