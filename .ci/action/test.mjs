// The action as a workflow would run it: what it does on the demo, without secrets, with hostile inputs, and that an
// archive with another checksum is not used. usage: DOWNHAUL=<binary> node --test .ci/action/test.mjs
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import MarkdownIt from "markdown-it";
import { parse } from "yaml";
import { run } from "./runner.mjs";

const project = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const binary = resolve(process.env.DOWNHAUL);

const temporaries = [];
const temporary = (prefix) => {
  temporaries.push(mkdtempSync(prefix));
  return temporaries.at(-1);
};
after(() => temporaries.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const script = (folder, name, text) => {
  writeFileSync(join(folder, name), `#!/usr/bin/env bash\n${text}\n`);
  chmodSync(join(folder, name), 0o755);
};

/** Programs that stand in for those of a runner: cargo copies the binary, gh writes down what it is asked. */
const programs = () => {
  const folder = temporary(join(tmpdir(), "programs-"));
  script(folder, "cargo", `while [ $# -gt 0 ]; do [ "$1" = --target-dir ] && out=$2; shift; done; mkdir -p "$out/release"; ln -f -s "${binary}" "$out/release/downhaul"`);
  script(folder, "gh", `printf '%s\\n' "$*" >>"${folder}/gh.log"; case "$*" in "pr view"*) cat "${folder}/existing" 2>/dev/null || true ;; esac`);
  return folder;
};

/** A repository that is a copy of the demo. */
const demo = () => {
  const workspace = temporary(join(tmpdir(), "workspace-"));
  cpSync(join(project, "fixtures/demo"), workspace, { recursive: true });
  execFileSync("git", ["init", "--quiet", workspace]);
  return workspace;
};

const action = ({ workspace = demo(), inputs = {}, github = {}, env = {}, path = programs() } = {}) => {
  const all = { GITHUB_ACTION_PATH: project, GITHUB_WORKSPACE: workspace, GITHUB_REPOSITORY: "acme/shop", ...env };
  const result = run({ file: join(project, "action.yml"), inputs, github: { repository: "acme/shop", ...github }, env: all, path: [path] });
  temporaries.push(result.temp);
  return { ...result, workspace, path };
};

const onPullRequest = (from = "acme/shop") => ({ event: { pull_request: { number: 7, head: { repo: { full_name: from } } } } });

test("the demo: annotations, summary, log and verdict", () => {
  const result = action();
  assert.equal(result.failed, true);
  assert.equal(result.outputs["exit-code"], "1");
  assert.equal(result.step("Verdict").status, 1);
  assert.ok(result.annotations.some((one) => one.command === "error" && one.properties.file && Number(one.properties.line) > 0));
  assert.match(result.step("Check").summary, /^## downhaul: check failed/);
  assert.equal(result.step("Upload the SARIF log").with.sarif_file, "./downhaul.sarif");
  assert.equal(JSON.parse(readFileSync(join(result.workspace, "downhaul.sarif"), "utf8")).version, "2.1.0");
  const report = JSON.parse(readFileSync(result.outputs.report, "utf8"));
  assert.equal(Number(result.outputs.findings), report.findings.filter((one) => one.suppressed === null).length);
  assert.equal(result.step("Comment").skipped, true);
});

test("never failing", () => {
  const result = action({ inputs: { "fail-on": "never" } });
  assert.equal(result.failed, false);
  assert.equal(result.outputs["exit-code"], "0");
});

test("a comment on a pull request, made once and then brought up to date", () => {
  const first = action({ inputs: { comment: "true" }, github: onPullRequest() });
  assert.match(readFileSync(join(first.path, "gh.log"), "utf8"), /^pr comment 7 --repo acme\/shop --body-file /m);
  const path = programs();
  writeFileSync(join(path, "existing"), "https://github.com/acme/shop/pull/7#issuecomment-123\n");
  action({ inputs: { comment: "true" }, github: onPullRequest(), path });
  const log = readFileSync(join(path, "gh.log"), "utf8");
  assert.match(log, /^api --method PATCH repos\/acme\/shop\/issues\/comments\/123 --field body=@/m);
  assert.doesNotMatch(log, /^pr comment/m);
});

test("a pull request from a fork has no secrets: code rules, a notice, no upload, no comment", () => {
  const result = action({
    inputs: { "unleash-url": "https://unleash.example.com", comment: "true" },
    github: onPullRequest("somebody/shop"),
  });
  assert.ok(result.commands.some((one) => one.command === "notice" && one.message.includes("no token for the flag server")));
  assert.equal(result.step("Upload the SARIF log").skipped, true);
  assert.equal(result.step("Comment").skipped, true);
  assert.notEqual(result.outputs["exit-code"], "3");
});

test("an unreachable server is exit code 3, or what is left when told to warn", () => {
  const inputs = { "unleash-url": "http://127.0.0.1:9", "unleash-token": "user:secret" };
  const failing = action({ inputs });
  assert.equal(failing.outputs["exit-code"], "3");
  assert.equal(failing.failed, true);
  assert.equal(failing.step("Upload the SARIF log").skipped, true);
  assert.notEqual(action({ inputs: { ...inputs, "on-server-error": "warn" } }).outputs["exit-code"], "3");
});

const hostile = ['"; touch pwned; "', "$(touch pwned)", "`touch pwned`", "a\nexit-code=0\nb", "::set-output name=x::y", "-rf", "--config=/etc/passwd", "${{ github.token }}"];

test("hostile inputs reach no shell and forge no output", () => {
  // Each input meets each third value: a run takes its time.
  for (const [number, value] of hostile.entries()) {
    const names = ["paths", "config", "fail-on", "on-server-error", "sarif-file", "working-directory", "unleash-url", "unleash-token"];
    for (const name of names.filter((_, place) => (number + place) % 3 === 0)) {
      const result = action({ inputs: { [name]: value } });
      const where = `${name}: ${JSON.stringify(value)}`;
      assert.ok(!existsSync(join(result.workspace, "pwned")), where);
      assert.ok(!result.steps.some((step) => step.log?.includes("ghs_builtin")), where);
      assert.ok(result.failed || result.outputs["exit-code"] === "0", where);
      assert.notEqual(result.outputs["exit-code"] === "0" && result.failed, true, where);
    }
  }
});

test("hostile flag names in the code make no command of their own", () => {
  const workspace = demo();
  mkdirSync(join(workspace, "src"), { recursive: true });
  const names = ["::error::pwned", "x\\n::set-output name=exit-code::0", "<img src=x onerror=alert(1)>", "@everyone #1"];
  const calls = names.map((name) => `export const _${names.indexOf(name)} = () => unleash.isEnabled(${JSON.stringify(name).replaceAll("\\\\n", "\\n")});`);
  writeFileSync(join(workspace, "src/hostile.ts"), `import { initialize } from "unleash-client";\nconst unleash = initialize({ url: "u", appName: "a" });\n${calls.join("\n")}\n`);
  const result = action({ workspace });
  assert.ok(result.commands.every((one) => ["error", "warning", "notice"].includes(one.command)), JSON.stringify(result.commands));
  assert.ok(!result.commands.some((one) => one.message === "pwned"));
  // An independent reader of the summary, which lets HTML through as GitHub does.
  const reader = new MarkdownIt({ html: true, linkify: true });
  // It takes `a@<zero-width space>b.c` for an address; GitHub does not.
  reader.linkify.set({ fuzzyEmail: false });
  const html = reader.render(result.step("Check").summary);
  assert.ok(!/<(img|script|a)\b/.test(html), html);
  assert.ok(!/@everyone|#1\b/.test(html.replaceAll(/<code>.*?<\/code>/g, "")), html);
});

/** The action as it is released: a folder of its own, pinned to an archive. */
const released = (checksum) => {
  const root = temporary(join(tmpdir(), "action-"));
  cpSync(join(project, "action.yml"), join(root, "action.yml"));
  cpSync(join(project, ".github"), join(root, ".github"), { recursive: true });
  const target = `${process.arch === "arm64" ? "aarch64" : "x86_64"}-unknown-linux-musl`;
  const folder = temporary(join(tmpdir(), "archive-"));
  cpSync(binary, join(folder, "downhaul"));
  execFileSync("tar", ["-czf", join(folder, "archive.tar.gz"), "-C", folder, "downhaul"]);
  const actual = createHash("sha256").update(readFileSync(join(folder, "archive.tar.gz"))).digest("hex");
  writeFileSync(join(root, ".github/action/release.env"), `VERSION=1.2.3\nSHA256_${target.replaceAll("-", "_")}=${checksum ?? actual}\n`);
  const path = programs();
  script(path, "curl", `printf '%s\\n' "$*" >>"${path}/curl.log"; while [ $# -gt 0 ]; do [ "$1" = --output ] && out=$2; shift; done; cp "${folder}/archive.tar.gz" "$out"`);
  return { root, path };
};

test("a released action uses its archive, and only with the right checksum", () => {
  const good = released();
  const env = (root) => ({ GITHUB_ACTION_PATH: root, GITHUB_ACTION_REPOSITORY: "downhaul/downhaul", RUNNER_TOOL_CACHE: temporary(join(tmpdir(), "cache-")) });
  const used = action({ env: env(good.root), path: good.path });
  assert.equal(used.outputs["exit-code"], "1");
  assert.match(readFileSync(join(good.path, "curl.log"), "utf8"), /https:\/\/github\.com\/downhaul\/downhaul\/releases\/download\/v1\.2\.3\/downhaul-1\.2\.3-/);
  const bad = released("0".repeat(64));
  const refused = action({ env: env(bad.root), path: bad.path });
  assert.equal(refused.step("Install downhaul").status, 5);
  assert.equal(refused.failed, true);
  assert.equal(refused.step("Check").skipped, true);
});

test("on a pull request only what it adds is told, with the base that the event names", () => {
  const workspace = demo();
  const git = (...args) => execFileSync("git", ["-C", workspace, "-c", "user.name=a", "-c", "user.email=a@b.example", ...args]);
  git("add", ".");
  git("commit", "--quiet", "--message", "First");
  git("update-ref", "refs/remotes/origin/main", "HEAD");
  git("checkout", "--quiet", "-b", "topic");
  writeFileSync(join(workspace, "web/src/added.ts"), `import { initialize } from 'unleash-client';\nconst unleash = initialize({ url: 'u', appName: 'a' });\nexport const on = () => unleash.isEnabled('no-such-flag');\n`);
  git("add", ".");
  git("commit", "--quiet", "--message", "Second");
  const result = action({ workspace, inputs: { "merge-base": "true" }, github: onPullRequest(), env: { GITHUB_BASE_REF: "main" } });
  const { findings } = JSON.parse(readFileSync(result.outputs.report, "utf8"));
  assert.deepEqual([...new Set(findings.map((one) => one.location.path))], ["web/src/added.ts"]);
  assert.ok(findings.every((one) => one.new));
  // A clone without the base: it is said what is missing, and nothing is called clean.
  git("update-ref", "-d", "refs/remotes/origin/main");
  const shallow = action({ workspace, inputs: { "merge-base": "true" }, github: onPullRequest(), env: { GITHUB_BASE_REF: "main" } });
  assert.equal(shallow.outputs["exit-code"], "2");
  assert.match(shallow.step("Check").log, /origin\/main/);
});

test("what the release workflow writes is what the action reads", () => {
  const workflow = parse(readFileSync(join(project, ".github/workflows/release.yml"), "utf8"));
  const step = (job, name) => workflow.jobs[job].steps.find((one) => one.name === name).run;
  const folder = temporary(join(tmpdir(), "release-"));
  // The build of each target, with a cargo that has built already; then all of them in one place.
  const path = programs();
  script(path, "cargo", `mkdir -p "target/$TARGET/release"; for name in downhaul downhaul.exe; do cp "${binary}" "target/$TARGET/release/$name"; done`);
  for (const name of ["rustup", "sudo"]) script(path, name, ":");
  const shell = (text, env) => execFileSync("bash", ["-eo", "pipefail", "-c", text], { cwd: folder, env: { ...process.env, PATH: `${path}:${process.env.PATH}`, VERSION: "v1.2.3", ...env } });
  const targets = workflow.jobs.build.strategy.matrix.include.map((one) => one.target);
  for (const target of targets.slice(0, 2)) {
    rmSync(join(folder, "target"), { recursive: true, force: true });
    shell(step("build", "Build").replace("mkdir dist", "mkdir -p dist"), { TARGET: target });
  }
  shell(step("release", "Checksums"), {});
  const pinned = readFileSync(join(folder, "dist/release.env"), "utf8");
  assert.match(pinned, /^VERSION=1\.2\.3\nSHA256_(\w+)=[0-9a-f]{64}\nSHA256_\w+=[0-9a-f]{64}\n$/);
  // The action of that release, on this machine.
  const root = temporary(join(tmpdir(), "action-"));
  cpSync(join(project, ".github"), join(root, ".github"), { recursive: true });
  writeFileSync(join(root, ".github/action/release.env"), pinned);
  script(path, "curl", `while [ $# -gt 0 ]; do [ "$1" = --output ] && out=$2; url=$1; shift; done; cp "${folder}/dist/\${url##*/}" "$out"`);
  const used = action({ env: { GITHUB_ACTION_PATH: root, GITHUB_ACTION_REPOSITORY: "downhaul/downhaul", RUNNER_TOOL_CACHE: temporary(join(tmpdir(), "cache-")) }, path });
  assert.equal(used.outputs["exit-code"], "1");
  assert.equal(used.step("Install downhaul").status, 0);
});
