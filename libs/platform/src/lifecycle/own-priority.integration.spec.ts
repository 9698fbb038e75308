import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const MODULE = fileURLToPath(new URL('../../dist/lifecycle/own-priority.js', import.meta.url));
const AUTOGROUP = '/proc/self/autogroup';

interface Found {
  readonly set: boolean;
  readonly priority: number;
  readonly session?: string;
}

/** What a daemon finds after it has set its own priority. */
async function daemon(nice: number): Promise<Found> {
  const program = `
    import { readFileSync } from 'node:fs';
    import { getPriority } from 'node:os';
    import { setOwnPriority } from ${JSON.stringify(MODULE)};
    const set = setOwnPriority(${nice});
    const session = ${existsSync(AUTOGROUP)} ? readFileSync('${AUTOGROUP}', 'utf8') : undefined;
    console.log(JSON.stringify({ set, priority: getPriority(), session }));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return (await json(child.stdout)) as Found;
}

it('stands back, its session with it, which needs no rights', async () => {
  const { set, priority, session } = await daemon(5);
  expect([set, priority]).toEqual([true, 5]);
  if (session !== undefined) expect(session).toMatch(/ nice 5$/m);
});

it('says whether it may go first', async () => {
  const isRoot = process.getuid?.() === 0;
  expect(await daemon(-5)).toMatchObject({ set: isRoot, priority: isRoot ? -5 : 0 });
});
