import { explain } from '../../output/explain.js';
import type { RunFile } from '../../settings.js';
import { broken, type Check, ok } from './check.js';

const PROBE_TIMEOUT_MS = 3_000;

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is alive too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

export function checkProcesses(run: RunFile, alive = isAlive): Check[] {
  const all = [{ name: 'supervisor', pid: run.pid }, ...run.processes];
  return all.map(({ name, pid }) =>
    alive(pid)
      ? ok(name, `pid ${pid}`)
      : broken(
          name,
          `pid ${pid} is gone`,
          name === 'supervisor'
            ? 'run `flotilla up` again; it takes over what still runs'
            : `the supervisor restarts it; if it does not, see logs/${name}.log`,
        ),
  );
}

export async function checkApi(apiUrl: string): Promise<Check[]> {
  const { FlotillaClient } = await import('@flotilla/sdk');
  const client = new FlotillaClient({
    apiUrl,
    fetch: (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) }),
  });
  try {
    const { checks } = await client.health();
    return [
      ok('api', apiUrl),
      ...Object.entries(checks).map(([name, check]) =>
        check.ok
          ? ok(`api → ${name}`, check.detail ?? 'reachable')
          : broken(`api → ${name}`, check.detail ?? 'unreachable', 'see logs/orchestrator.log'),
      ),
    ];
  } catch (error) {
    const { message, why } = explain(error);
    return [
      broken(
        'api',
        why === undefined ? message : `${message}: ${why}`,
        'see logs/orchestrator.log',
      ),
    ];
  }
}

/** Asks a JSON-RPC endpoint for its chain id. @param log whose log tells more */
export async function checkRpc(name: string, log: string, url: string): Promise<Check> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] }),
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    });
    const answer = (await response.json()) as { result?: string };
    if (answer.result !== undefined) return ok(name, `${url}, chain ${Number(answer.result)}`);
    return broken(name, `${url} answers, but not with a chain id`, `see logs/${log}.log`);
  } catch (error) {
    return broken(name, `${url}: ${explain(error).message}`, `see logs/${log}.log`);
  }
}
