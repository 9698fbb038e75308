import { spawnSync } from 'node:child_process';
import { repositoryRoot } from '../../test/stack.js';

export interface Part {
  readonly title: string;
  /** Anonymous memory of a Node process that has done only this. */
  readonly bytes: number;
}

/** Each in a process of its own, as an ES module evaluated from the repository's root. */
const PARTS: readonly { readonly title: string; readonly code: string }[] = [
  { title: 'Node alone', code: '' },
  {
    title: 'Node with one idle worker thread',
    code: `const { Worker } = await import('node:worker_threads');
      const worker = new Worker('setInterval(() => {}, 1e6); require("node:worker_threads").parentPort.postMessage(0)', { eval: true, execArgv: [] });
      await new Promise((resolve) => worker.once('message', resolve));`,
  },
  {
    title: 'Node with Nest',
    code: `await import('@nestjs/core'); await import('@nestjs/microservices');`,
  },
  { title: 'Node with LMDB', code: `await import('lmdb');` },
  { title: 'Node with the curves and precompiles', code: `await import('@flotilla/evm');` },
  { title: 'Node with the chain engine', code: `await import('@flotilla/chain');` },
  { title: 'Node with JSON-RPC', code: `await import('@flotilla/rpc');` },
  { title: 'Node with messaging (NATS)', code: `await import('@flotilla/messaging');` },
  { title: 'Node with everything that a chain loads', code: `await import('@flotilla/node');` },
];

const REPORT = `
  const { readFileSync } = await import('node:fs');
  console.log(1024 * Number(/^RssAnon:\\s+(\\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]));
  process.exit(0);`;

/** What the parts of a node's process cost, each measured alone; what they share is in each of them. */
export function partsOfAnIdleNode(): Part[] {
  return PARTS.map(({ title, code }) => {
    const { stdout } = spawnSync(
      process.execPath,
      ['--input-type=module', '--eval', `${code}\n${REPORT}`],
      { cwd: repositoryRoot, encoding: 'utf8' },
    );
    return { title, bytes: Number(stdout) };
  });
}
