import { connect } from 'node:net';
import { z } from 'zod';

const PROBE_MS = 2_000;

const healthSchema = z.object({
  checks: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string().optional() })),
});

/** True when something accepts a connection and, if asked for, greets with this text. */
export function answersTcp(port: number, greeting = ''): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(PROBE_MS, () => settle(false));
    socket.on('error', () => settle(false));
    if (greeting === '') socket.on('connect', () => settle(true));
    else socket.once('data', (data) => settle(data.toString('latin1').startsWith(greeting)));
  });
}

/** The `detail` of every check that is not `ok` in a health answer, whatever its status. */
export async function failedChecks(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PROBE_MS) });
    const { checks } = healthSchema.parse(await response.json());
    const details = Object.values(checks).flatMap(({ ok, detail }) => (ok ? [] : (detail ?? [])));
    return details.join(', ') || undefined;
  } catch {
    return undefined;
  }
}

/** True for a 2xx answer. */
export async function answersHttp(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PROBE_MS) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

/** The result of a JSON-RPC call; undefined for every kind of failure. */
export async function callRpc(url: string, method: string, params: unknown[] = []) {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      signal: AbortSignal.timeout(PROBE_MS),
    });
    const { result } = (await response.json()) as { result?: unknown };
    return typeof result === 'string' ? result : undefined;
  } catch {
    return undefined;
  }
}
