// A runner for composite actions, as small as it can be: GitHub's own expression evaluator, one shell a step, the files
// that a step writes to, and the commands that it prints. `uses:` steps are recorded, not run.
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Evaluator, Lexer, Parser, data } from "@actions/expressions";
import { parse } from "yaml";

const SHOWN = 10; // annotations of one kind that a step shows

const toData = (value) => {
  if (value === null || value === undefined) return new data.Null();
  if (typeof value === "string") return new data.StringData(value);
  if (typeof value === "number") return new data.NumberData(value);
  if (typeof value === "boolean") return new data.BooleanData(value);
  return new data.Dictionary(...Object.entries(value).map(([key, item]) => ({ key, value: toData(item) })));
};

// `always` and its kin are the runner's own functions.
const functions = [{ name: "always", description: "", minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(true) }];

const evaluate = (expression, contexts) => {
  const tree = new Parser(new Lexer(expression).lex().tokens, Object.keys(contexts), functions).parse();
  return new Evaluator(tree, toData(contexts), new Map(functions.map((one) => [one.name, one]))).evaluate();
};

const fill = (text, contexts) =>
  String(text).replace(/\$\{\{([\s\S]*?)\}\}/g, (_, expression) => evaluate(expression, contexts).coerceString());

const isTrue = (result) => {
  if (result.kind === data.Kind.Boolean) return result.value;
  return result.coerceString() !== "" && result.coerceString() !== "false";
};

// `name=value` and `name<<END … END`.
const outputsOf = (file) => {
  const outputs = {};
  const lines = readFileSync(file, "utf8").split("\n");
  while (lines.length > 0) {
    const line = lines.shift();
    const heredoc = /^([^=<]+)<<(.+)$/.exec(line);
    if (heredoc) {
      const end = lines.indexOf(heredoc[2]);
      if (end < 0) throw new Error(`no end of ${heredoc[1]}`);
      outputs[heredoc[1]] = lines.splice(0, end + 1).slice(0, -1).join("\n");
    } else if (line !== "") {
      const at = line.indexOf("=");
      outputs[line.slice(0, at)] = line.slice(at + 1);
    }
  }
  return outputs;
};

const unescape = (text) => text.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");

const commandsOf = (log) => {
  const commands = [];
  for (const line of log.split("\n")) {
    const match = /^\s*::([a-z-]+)(?: ([^:]*(?:%3A[^:]*)*))?::(.*)$/.exec(line);
    if (!match) continue;
    const properties = Object.fromEntries(
      (match[2] ?? "").split(",").filter(Boolean).map((pair) => {
        const at = pair.indexOf("=");
        return [pair.slice(0, at), unescape(pair.slice(at + 1)).replaceAll("%3A", ":").replaceAll("%2C", ",")];
      }),
    );
    commands.push({ command: match[1], properties, message: unescape(match[3]) });
  }
  return commands;
};

/** Runs the action of `file` with these inputs; `env` and `github` are what the job has. */
export function run({ file, inputs: given = {}, github = {}, env = {}, path = [] }) {
  const action = parse(readFileSync(file, "utf8"));
  const temp = mkdtempSync(join(tmpdir(), "runner-"));
  const contexts = { github: { token: "ghs_builtin", ...github }, inputs: {}, steps: {} };
  for (const [name, input] of Object.entries(action.inputs)) {
    contexts.inputs[name] = given[name] ?? fill(input.default ?? "", contexts);
  }
  const steps = [];
  let failed = false;
  for (const step of action.runs.steps) {
    const condition = step.if === undefined ? null : String(step.if).replace(/^\s*\$\{\{([\s\S]*)\}\}\s*$/, "$1");
    const runsAnyway = condition?.includes("always()") ?? false;
    if ((failed && !runsAnyway) || (condition && !isTrue(evaluate(condition, contexts)))) {
      steps.push({ name: step.name, skipped: true });
      continue;
    }
    if (step.uses) {
      const filled = Object.entries(step.with ?? {}).map(([key, value]) => [key, fill(value, contexts)]);
      steps.push({ name: step.name, uses: step.uses, with: Object.fromEntries(filled) });
      continue;
    }
    const files = Object.fromEntries(["OUTPUT", "ENV", "PATH", "STEP_SUMMARY"].map((name) => [name, join(temp, `${steps.length}-${name}`)]));
    Object.values(files).forEach((name) => writeFileSync(name, ""));
    const stepEnv = Object.fromEntries(Object.entries(step.env ?? {}).map(([key, value]) => [key, fill(value, contexts)]));
    const filesEnv = Object.fromEntries(Object.entries(files).map(([name, value]) => [`GITHUB_${name}`, value]));
    const ran = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", fill(step.run, contexts)], {
      encoding: "utf8",
      cwd: env.GITHUB_WORKSPACE,
      env: {
        HOME: temp, LANG: "C.UTF-8", GITHUB_ACTIONS: "true", CI: "true", RUNNER_TEMP: temp,
        ...env, ...stepEnv, ...filesEnv,
        PATH: [...path, process.env.PATH].join(":"),
      },
      maxBuffer: 64 * 1024 * 1024,
    });
    const log = ran.stdout + ran.stderr;
    appendFileSync(join(temp, "log"), log);
    const outputs = outputsOf(files.OUTPUT);
    if (step.id) contexts.steps[step.id] = { outputs };
    steps.push({ name: step.name, status: ran.status, log, outputs, summary: readFileSync(files.STEP_SUMMARY, "utf8"), commands: commandsOf(log) });
    failed ||= ran.status !== 0;
  }
  const outputs = Object.fromEntries(Object.entries(action.outputs).map(([name, { value }]) => [name, fill(value, contexts)]));
  const commands = steps.flatMap((step) => step.commands ?? []);
  // The steps of a composite action count as one.
  const annotations = ["error", "warning", "notice"].flatMap((kind) => commands.filter((one) => one.command === kind).slice(0, SHOWN));
  return { failed, steps, outputs, commands, annotations, temp, step: (name) => steps.find((step) => step.name === name) };
}
