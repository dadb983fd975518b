#!/usr/bin/env node
// Runs the built command; in a fresh clone it builds first. On a Node too old for it, by the Node that npm ci brought.
// The bundled command starts quicker than the modules that it is made of, and is used unless they are newer.
import module, { createRequire } from 'node:module';

// A module of Node that is imported, not required, loads all that it could ever need.
const require = createRequire(import.meta.url);
const { existsSync, readFileSync, statSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { fileURLToPath } = require('node:url');

const here = fileURLToPath(import.meta.url);
const root = dirname(dirname(here));
const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const needed = engines.node.replace('>=', '');
const [major, minor] = needed.split('.').map(Number);
const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number);

if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) await runHere();
else await runByPackagedNode();

async function runHere() {
  const built = join(root, 'dist', 'src', 'cli.js');
  const bundled = join(root, 'dist', 'src', 'bundled', 'cli.cjs');
  if (!existsSync(built)) {
    const { spawnSync } = require('node:child_process');
    const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
    const { status } = spawnSync(process.execPath, [compiler, '-p', root], { stdio: ['ignore', 2, 2] });
    if (status !== 0) process.exit(status ?? 1);
  }
  module.enableCompileCache(join(root, 'dist', 'compile-cache'));
  if (isCurrent(bundled, built)) require(bundled);
  else await import(built);
}

function isCurrent(bundled, built) {
  const made = statSync(bundled, { throwIfNoEntry: false });
  return made !== undefined && made.mtimeMs >= statSync(built).mtimeMs;
}

async function runByPackagedNode() {
  const { spawn } = require('node:child_process');
  const node = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (!existsSync(node)) {
    process.stderr.write(`Regraft needs Node ${needed} or later, this is ${process.versions.node}.\n`);
    process.exit(1);
  }
  const child = spawn(node, [...process.execArgv, here, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
