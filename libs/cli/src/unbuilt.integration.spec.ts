import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ExitCode } from './exit-code.js';

const bin = fileURLToPath(new URL('../bin', import.meta.url));
const packageFile = fileURLToPath(new URL('../package.json', import.meta.url));
const clone = mkdtempSync(join(tmpdir(), 'flotilla-clone-'));

afterAll(() => rmSync(clone, { recursive: true }));

it('says in one line that a checkout is not built yet', () => {
  cpSync(bin, join(clone, 'bin'), { recursive: true });
  cpSync(packageFile, join(clone, 'package.json'));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(clone, 'bin/flotilla.js'), '--help'],
    { encoding: 'utf8' },
  );
  expect({ status, stdout }).toEqual({ status: ExitCode.Failed, stdout: '' });
  expect(stderr).toMatch(/^error: .* not built yet.*`npm start`.*`npm run build`.*\n$/);
});
