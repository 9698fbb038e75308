// Makes a fresh clone ready: installs what package-lock.json names, then builds. Needs nothing but Node and npm.
// With --with-test-tools also installs what the suites start: nats-server and Chromium.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const MINIMUM = [20, 19];

function fail(message) {
  console.error(message);
  process.exit(1);
}

function run(what, command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) fail(`${what} failed; the lines above say why`);
}

function modifiedAt(file) {
  return existsSync(file) ? statSync(file).mtimeMs : 0;
}

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < MINIMUM[0] || (major === MINIMUM[0] && minor < MINIMUM[1])) {
  fail(`Flotilla needs Node ${MINIMUM.join('.')} or later; this is ${process.version}`);
}

const installed = modifiedAt(join(root, 'node_modules/.package-lock.json'));
if (installed < modifiedAt(join(root, 'package-lock.json'))) {
  console.log('Installing dependencies (the first time takes a minute or two)');
  // Not `npm ci`: it refuses a lock that lacks other platforms' binaries, and not every registry holds them all.
  run('npm install', 'npm', [
    'install',
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]);
}

run('The build', process.execPath, ['scripts/build.mjs']);

function onPath(...names) {
  const folders = (process.env.PATH ?? '').split(delimiter).concat('/usr/sbin', '/usr/bin');
  return names.some((name) => folders.some((folder) => existsSync(join(folder, name))));
}

if (process.argv.includes('--with-test-tools')) {
  const missing = [
    ['nats-server', ['nats-server']],
    ['chromium', ['chromium', 'chromium-browser', 'google-chrome']],
  ]
    .filter(([, names]) => !onPath(...names))
    .map(([name]) => name);
  if (missing.length > 0) {
    console.log(`Installing ${missing.join(' and ')} by apt for the tests`);
    const install = ['install', '-y', '-q', '--no-install-recommends', ...missing];
    spawnSync('apt-get', ['update', '-q'], { stdio: 'ignore' });
    const { status } = spawnSync('apt-get', install, { stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) fail(`The tests need ${missing.join(' and ')}; install them and try again`);
  }
}
