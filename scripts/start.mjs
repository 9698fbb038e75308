// What `npm start` runs: makes the checkout ready, then becomes `flotilla up`.
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const ready = spawnSync(process.execPath, ['scripts/bootstrap.mjs'], {
  cwd: root,
  stdio: 'inherit',
});
if (ready.status !== 0) process.exit(ready.status ?? 1);

const up = spawn(process.execPath, ['libs/cli/bin/flotilla.js', 'up', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
// A terminal sends Ctrl-C to both; what is sent to this process alone is passed on. Only `up` decides when to end.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => up.kill('SIGTERM'));
up.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 130)));
