#!/usr/bin/env node
// Runs the binary of this platform's package; the packages of the others are left out by npm.
"use strict";
const { spawnSync } = require("node:child_process");

const name = `@downhaul/${process.platform}-${process.arch}`;
const file = process.platform === "win32" ? "downhaul.exe" : "downhaul";
let binary;
try {
  binary = require.resolve(`${name}/${file}`);
} catch {
  console.error(`error: there is no downhaul for ${process.platform}-${process.arch} (${name} is not installed)`);
  process.exit(2);
}
const { status, signal, error } = spawnSync(binary, process.argv.slice(2), { stdio: "inherit" });
if (error) {
  console.error(`error: ${binary} cannot be started: ${error.message}`);
  process.exit(5);
}
if (signal) process.kill(process.pid, signal);
process.exit(status);
