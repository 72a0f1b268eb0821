'use strict';
// Installs the packages when they are missing or not those of the lockfile, so that a fresh clone needs only `npm start`.
// Runs on the machine's own Node (>= 20), before anything is installed: nothing here may need a package.
const { existsSync, readFileSync } = require('node:fs');
const { spawnSync } = require('node:child_process');
const path = require('node:path');

const root = path.join(__dirname, '..');
const windows = process.platform === 'win32';
// npm writes this file last, at the end of every complete install; it lists what was installed.
const marker = path.join(root, 'node_modules', '.package-lock.json');
const lock = path.join(root, 'package-lock.json');
const runtime = path.join(root, 'node_modules', '.bin', windows ? 'node.cmd' : 'node');

/** Whether every package is there in the version that the lockfile names. Times of files say less: a checkout renews them. */
function isUpToDate() {
  const wanted = JSON.parse(readFileSync(lock, 'utf8')).packages;
  const installed = JSON.parse(readFileSync(marker, 'utf8')).packages;
  return (
    Object.entries(installed).every(([name, { version }]) => name in wanted && wanted[name].version === version) &&
    Object.entries(wanted).every(([name, { optional, peer }]) => name === '' || optional || peer || name in installed)
  );
}

const missing = !existsSync(marker) || !existsSync(runtime);
if (missing || !isUpToDate()) {
  console.log(
    `Packages are ${missing ? 'missing' : 'not those of the lockfile'}: installing them (npm ci, about a minute) …`,
  );
  // A running node.exe cannot be deleted on Windows, so a stale tree is brought up to date in place there.
  const args = [windows && !missing ? 'install' : 'ci', '--no-audit', '--no-fund', '--loglevel=error'];
  // npm_execpath is npm's own entry file: no shell, and the same npm on every platform.
  const npm = process.env.npm_execpath;
  const run = npm
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: 'inherit' })
    : spawnSync('npm', args, { cwd: root, stdio: 'inherit', shell: windows });
  if (run.status !== 0) process.exit(run.status ?? 1);
}
