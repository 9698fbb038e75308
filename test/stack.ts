import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@flotilla/testing';

export const repositoryRoot = fileURLToPath(new URL('..', import.meta.url));
export const cliFile = join(repositoryRoot, 'libs/cli/bin/flotilla.js');

export interface RunFile {
  readonly apiUrl: string;
  readonly gatewayUrl: string;
  readonly rootRpcUrl: string;
  readonly dashboardUrl: string;
  readonly adminKeyFile: string;
  readonly pid: number;
  readonly processes: readonly { readonly name: string; readonly pid: number }[];
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

export async function waitUntil<Value>(
  what: string,
  timeoutMs: number,
  probe: () => Promise<Value | undefined | false>,
): Promise<Value> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${what} did not happen within ${timeoutMs} ms`, { cause: last });
}

/** The whole product, started as a user starts it, on a folder and ports of its own. */
export class Stack {
  readonly home = mkdtempSync(join(tmpdir(), 'flotilla-test-'));
  output = '';
  #child: ChildProcess | undefined;
  readonly #env: Record<string, string>;

  private constructor(env: Record<string, string>) {
    this.#env = env;
  }

  static async start(env: Record<string, string> = {}): Promise<Stack> {
    const stack = new Stack({
      FLOTILLA_GATEWAY_PORT: String(await freePort()),
      FLOTILLA_API_PORT: String(await freePort()),
      ...env,
    });
    await stack.up();
    return stack;
  }

  get env(): NodeJS.ProcessEnv {
    return { ...process.env, FLOTILLA_HOME: this.home, ...this.#env };
  }

  get run(): RunFile {
    return JSON.parse(readFileSync(join(this.home, 'run.json'), 'utf8'));
  }

  get adminKey(): string {
    return readFileSync(this.run.adminKeyFile, 'utf8').trim();
  }

  get supervisorPid(): number {
    return this.#child?.pid ?? 0;
  }

  async up(timeoutMs = 90_000): Promise<void> {
    const child = spawn(process.execPath, [cliFile, 'up'], { cwd: repositoryRoot, env: this.env });
    this.#child = child;
    this.output = '';
    const collect = (chunk: Buffer) => {
      this.output += chunk.toString();
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    const isReady = () => this.output.includes('Flotilla is ready');
    try {
      const isOver = async () => isReady() || child.exitCode !== null;
      await waitUntil('Flotilla is ready', timeoutMs, isOver);
      if (!isReady()) throw new Error(`up exited with ${child.exitCode}`);
    } catch (error) {
      child.kill('SIGINT');
      throw new Error(`${String(error)}\n${this.output}`);
    }
  }

  /** SIGINT, as Ctrl-C does; resolves with the exit code when everything has stopped. */
  async interrupt(): Promise<number | null> {
    const child = this.#child;
    if (child === undefined) return null;
    const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
    if (child.exitCode !== null) return child.exitCode;
    child.kill('SIGINT');
    return exited;
  }

  killSupervisor(): void {
    this.#child?.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.interrupt();
    rmSync(this.home, { recursive: true, force: true });
  }

  /** Pids of everything that run.json names, and of every chain's node. */
  pids(): number[] {
    const named = existsSync(join(this.home, 'run.json')) ? this.run.processes : [];
    return named.map((process) => process.pid);
  }

  chainPid(name: string): number {
    const file = join(this.home, 'chains', name, 'instance.json');
    return JSON.parse(readFileSync(file, 'utf8')).pid;
  }

  rpcUrl(chain: string): string {
    return `${this.run.gatewayUrl.replace(/\/$/, '')}/${chain}`;
  }

  async api<Body = any>(
    method: string,
    path: string,
    body?: unknown,
    key: string | null = this.adminKey,
  ): Promise<{ status: number; body: Body; headers: Headers }> {
    const response = await fetch(
      `${this.run.apiUrl.replace(/\/api\/v1\/?$|\/$/, '')}/api/v1${path}`,
      {
        method,
        headers: {
          ...(key === null ? {} : { authorization: `Bearer ${key}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body:
          body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
      },
    );
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
  }

  async createChain(
    name: string,
    spec: Record<string, unknown> = {},
    key: string = this.adminKey,
  ): Promise<any> {
    const { status, body } = await this.api('POST', '/chains?wait=running', { name, spec }, key);
    if (status >= 300) throw new Error(`create ${name}: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  async rpc<Result = any>(chain: string, method: string, params: unknown[] = []): Promise<Result> {
    const response = await fetch(this.rpcUrl(chain), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    const answer: any = await response.json();
    if (answer.error !== undefined)
      throw Object.assign(new Error(answer.error.message), answer.error);
    return answer.result;
  }

  /** Runs the CLI as a user does. */
  cli(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
    return runCli(args, this.env);
  }
}

export function runCli(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [cliFile, ...args], { cwd: repositoryRoot, env });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
