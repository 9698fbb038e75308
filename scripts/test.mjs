// What `npm test` runs (Ethereum's official tests apart, which need their data): everything is installed and built first, so that it works in a fresh clone.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const cwd = fileURLToPath(new URL('..', import.meta.url));
const run = (...args) => {
  const { status } = spawnSync(process.execPath, args, { cwd, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
};

run('scripts/bootstrap.mjs', '--with-test-tools');
run(
  'scripts/jest.mjs',
  '--runInBand',
  // What a failed test leaves open must not keep the run from ending with its verdict.
  '--forceExit',
  ...['--selectProjects', 'unit', 'integration', 'system'],
  ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : []),
);
