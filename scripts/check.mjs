// Everything that protects the repository short of the slow suites. Each step runs; the end names what failed.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const steps = [
  ['types', ['npm', 'run', '--silent', 'types']],
  ['lint', ['npm', 'run', '--silent', 'lint']],
  ['dependency rules', ['npm', 'run', '--silent', 'deps']],
  ['unused code', ['npm', 'run', '--silent', 'unused']],
  ['reference', ['npm', 'run', '--silent', 'reference', '--', '--check']],
  ['unit tests', ['node', 'scripts/jest.mjs', '--selectProjects', 'unit']],
];

const cwd = fileURLToPath(new URL('..', import.meta.url));
const failed = [];
const ready = spawnSync(process.execPath, ['scripts/bootstrap.mjs'], { cwd, stdio: 'inherit' });
if (ready.status !== 0) process.exit(1);
for (const [name, [command, ...args]] of steps) {
  const startedAt = Date.now();
  console.log(`\n— ${name}`);
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit' });
  if (status !== 0) failed.push(name);
  console.log(
    `— ${name}: ${status === 0 ? 'ok' : 'FAILED'} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`,
  );
}
if (failed.length > 0) {
  console.error(`\ncheck failed: ${failed.join(', ')}`);
  process.exit(1);
}
console.log('\ncheck: all good');
