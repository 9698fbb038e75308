import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, runCli, Stack, waitUntil } from '../stack.js';

describe('the supervisor', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await Stack.start();
  }, 120_000);

  afterAll(() => stack?.stop(), 60_000);

  it('provisions a chain called demo', async () => {
    expect(BigInt(await stack.rpc('demo', 'eth_chainId'))).toBeGreaterThan(0n);
  });

  it('refuses a second start on the same folder, naming the first', async () => {
    const second = await runCli(['up'], stack.env);
    expect(second.code).not.toBe(0);
    expect(second.stderr + second.stdout).toContain(String(stack.supervisorPid));
  }, 30_000);

  it('re-adopts what runs after its own kill -9', async () => {
    const before = stack.chainPid('demo');
    const processes = stack.run.processes;
    stack.killSupervisor();
    await waitUntil('the supervisor is gone', 5_000, async () => !isAlive(stack.supervisorPid));
    expect(isAlive(before)).toBe(true);
    await stack.up();
    expect(stack.chainPid('demo')).toBe(before);
    for (const { name, pid } of processes) {
      if (name === 'supervisor') continue;
      expect(stack.run.processes).toContainEqual(expect.objectContaining({ name, pid }));
    }
  }, 60_000);

  it('stops everything on SIGINT and resumes where it was, in under 10 s', async () => {
    await stack.rpc('demo', 'eth_chainId');
    const pids = [...stack.pids(), stack.chainPid('demo')];
    const head = await stack.rpc('demo', 'eth_getBlockByNumber', ['latest', false]);
    expect(await stack.interrupt()).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(existsSync(join(stack.home, 'run.json'))).toBe(false);

    const startedAt = Date.now();
    await stack.up();
    expect(Date.now() - startedAt).toBeLessThan(10_000);
    expect((await stack.rpc('demo', 'eth_getBlockByNumber', ['latest', false])).hash).toBe(
      head.hash,
    );
  }, 90_000);

  it('stays down when it is stopped while it waits to start something again', async () => {
    const orchestrator = () => stack.run.processes.find(({ name }) => name === 'orchestrator')!.pid;
    const killed = [orchestrator()];
    process.kill(killed[0], 'SIGKILL');
    await waitUntil('the orchestrator is started again', 20_000, async () => {
      const pid = orchestrator();
      return pid !== killed[0] && isAlive(pid) && killed.push(pid);
    });
    process.kill(killed[1], 'SIGKILL');
    await waitUntil('the end of the orchestrator', 2_000, async () => !isAlive(killed[1]));
    const pids = stack.pids();
    expect(await stack.interrupt()).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(readFileSync(join(stack.home, 'processes.json'), 'utf8')).not.toContain('pid');
  }, 60_000);
});
