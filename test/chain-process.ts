import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { devWallet } from './accounts.js';
import { repositoryRoot, waitUntil } from './stack.js';

export const main = join(repositoryRoot, 'apps/micro-chain/dist/main.js');

export interface RpcAnswer {
  readonly id: number;
  readonly result?: any;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: any };
}

/** One micro chain's process without anything around it, on a folder of its own. */
export class ChainProcess {
  readonly folder = mkdtempSync(join(tmpdir(), 'flotilla-chain-'));
  /** Everything that the present process has printed. */
  output = '';
  #child: ChildProcess | undefined;
  #exit: Promise<NodeJS.Signals | number | null> = Promise.resolve(null);
  #rpcUrl = '';

  constructor(
    readonly chainId: number,
    chain: Record<string, unknown>,
    accounts = 10,
  ) {
    const alloc = Object.fromEntries(
      Array.from({ length: accounts }, (_, i) => [
        devWallet(i).address,
        { balance: `1${'0'.repeat(24)}` },
      ]),
    );
    const config = {
      role: 'micro',
      name: 'lone',
      chain: { chainId, name: 'lone', alloc, ...chain },
    };
    writeFileSync(join(this.folder, 'node.json'), JSON.stringify(config));
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get wsUrl(): string {
    return this.#rpcUrl.replace('http', 'ws');
  }

  /** Resolves with the signal or the exit code that ended the process. */
  get ended(): Promise<NodeJS.Signals | number | null> {
    return this.#exit;
  }

  /** Starts the process; it serves when this resolves, or is dead already. */
  async start(env: Record<string, string> = {}): Promise<'serves' | 'ended'> {
    const child = this.spawn(env);
    let isDead = false;
    void this.#exit.then(() => {
      isDead = true;
    });
    return waitUntil('the chain serves', 30_000, async () => {
      if (isDead) return 'ended';
      const file = join(this.folder, 'instance.json');
      const instance = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
      if (instance?.pid !== child.pid) return false;
      this.#rpcUrl = instance.rpcUrl;
      return 'serves';
    });
  }

  /** Starts the process and waits for nothing. */
  spawn(env: Record<string, string> = {}): ChildProcess {
    this.output = '';
    const child = spawn(process.execPath, [main, '--data', this.folder], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.output += chunk.toString();
      });
    }
    this.#child = child;
    this.#exit = new Promise((resolve) => {
      child.once('close', (code, signal) => resolve(signal ?? code));
    });
    return child;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<NodeJS.Signals | number | null> {
    this.#child?.kill(signal);
    return this.#exit;
  }

  async remove(): Promise<void> {
    await this.stop('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** @throws Error with the answer's code and data */
  async rpc<Result = any>(method: string, params: unknown[] = []): Promise<Result> {
    const answer = await this.ask(method, params);
    if (answer.error !== undefined) {
      throw Object.assign(new Error(answer.error.message), answer.error);
    }
    return answer.result;
  }

  async ask(method: string, params: unknown[] = []): Promise<RpcAnswer> {
    return this.#post({ jsonrpc: '2.0', id: 1, method, params });
  }

  async batch(requests: readonly (readonly [string, unknown[]])[]): Promise<RpcAnswer[]> {
    return this.#post(
      requests.map(([method, params], id) => ({ jsonrpc: '2.0', id, method, params })),
    );
  }

  async #post(body: unknown): Promise<any> {
    const response = await fetch(this.#rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return response.json();
  }
}
