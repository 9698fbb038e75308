// What `npm run bench` runs: makes the checkout ready, then measures (bench/README.md).
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const cwd = fileURLToPath(new URL('..', import.meta.url));
const ready = spawnSync(process.execPath, ['scripts/bootstrap.mjs'], { cwd, stdio: 'inherit' });
if (ready.status !== 0) process.exit(ready.status ?? 1);

const child = spawn(
  process.execPath,
  [
    '--enable-source-maps',
    '--import',
    './scripts/typescript.mjs',
    'bench/main.ts',
    ...process.argv.slice(2),
  ],
  { cwd, stdio: 'inherit' },
);
// Ctrl-C reaches the child by itself: it stops what it started, then ends.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code) => process.exit(code ?? 1));
