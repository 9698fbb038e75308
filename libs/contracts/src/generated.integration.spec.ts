import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

it('is what the Solidity sources compile to', async () => {
  const script = fileURLToPath(new URL('../scripts/compile.mjs', import.meta.url));
  await expect(promisify(execFile)(process.execPath, [script, '--check'])).resolves.toMatchObject({
    stderr: '',
  });
}, 60_000);
