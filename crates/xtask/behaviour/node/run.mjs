// Runs programs one after another and prints what each did: node run.mjs ROOT STRICT < lines of `program keep`.
// With STRICT `1` a program that still asks for the removed flag is stopped, unless its line ends in `left`.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

// What a function's text says is no part of what a program does.
Function.prototype.toString = () => 'function';
const [root, strict] = process.argv.slice(2);
for (const line of readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
  const [program, keep, left] = line.split(' ');
  globalThis.behaviour = { keep, other: /[02468]$/.test(program), forbid: strict === '1' && left !== 'left', trace: [] };
  let error = null;
  try {
    const { run } = await import(pathToFileURL(`${root}/${program}/main.js`));
    globalThis.behaviour.trace.push(['end', (await run()) ?? null]);
  } catch (thrown) {
    if (thrown instanceof SyntaxError || thrown instanceof ReferenceError || thrown.asked) {
      error = String(thrown.stack ?? thrown).split('\n').slice(0, 6).join('\n');
    }
    globalThis.behaviour.trace.push(['thrown', thrown.name]);
  }
  const trace = globalThis.behaviour.trace.map(([n, value]) => `${n} ${JSON.stringify(value) ?? 'undefined'}`).join('\n');
  process.stdout.write(`${JSON.stringify({ program, trace, error })}\n`);
}
