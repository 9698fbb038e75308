// What `npm start` runs: makes the checkout ready, then becomes `flotilla up` in this very process, so that a
// signal to it reaches the supervisor once.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const cwd = fileURLToPath(new URL('..', import.meta.url));
const { status } = spawnSync(process.execPath, ['scripts/bootstrap.mjs'], {
  cwd,
  stdio: 'inherit',
});
if (status !== 0) process.exit(status ?? 1);

process.argv.splice(2, 0, 'up');
await import('../libs/cli/bin/flotilla.js');
