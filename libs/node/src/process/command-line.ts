import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ChainError, ChainErrorCode } from '@flotilla/chain';
import { FlotillaError } from '@flotilla/common';
import { RpcError } from '@flotilla/rpc';
import { StoreError, StoreErrorCode } from '@flotilla/store';
import { ExitCode, NodeError, NodeErrorCode } from '../errors.js';

const VERSION = '0.1.0';

export interface NodeArguments {
  /** Absolute. */
  readonly folder: string;
  readonly help: boolean;
  /** Get ready, and wait to be told the folder. */
  readonly warm: boolean;
}

/** @throws NodeError `NODE_CONFIG_INVALID` */
export function parseNodeArguments(args: readonly string[]): NodeArguments {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        data: { type: 'string' },
        warm: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h' },
      },
    });
    const { warm } = values;
    if (values.help) return { folder: '', help: true, warm };
    if (values.data !== undefined)
      return { folder: resolve(values.data), help: false, warm: false };
    if (warm) return { folder: '', help: false, warm };
  } catch (cause) {
    throw new NodeError(NodeErrorCode.InvalidConfig, (cause as Error).message, { cause });
  }
  throw new NodeError(NodeErrorCode.InvalidConfig, '--data <folder> is missing');
}

export function nodeUsage(command: string, what: string): string {
  return [
    `Usage: ${command} --data <folder> | --warm`,
    '',
    `Runs ${what}. Everything else comes from <folder>/node.json.`,
    '',
    '--warm loads everything and waits for one line of JSON on standard input, {"folder", "logFile"?};',
    'it ends when that is closed before.',
    '',
    'SIGTERM or SIGINT stops it cleanly. Exit codes: 0 clean, 64 bad configuration,',
    '70 storage failed, 75 the folder is in use by another process.',
    '',
  ].join('\n');
}

const BAD_CONFIG: ReadonlySet<string> = new Set([
  NodeErrorCode.InvalidConfig,
  NodeErrorCode.CorruptFile,
  ChainErrorCode.InvalidConfig,
  ChainErrorCode.GenesisMismatch,
]);

/** The process's exit code for an error that kept the node from starting. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof StoreError) {
    return error.code === StoreErrorCode.DatabaseLocked ? ExitCode.LockHeld : ExitCode.FatalStorage;
  }
  if (error instanceof ChainError && error.code === ChainErrorCode.CorruptChain) {
    return ExitCode.FatalStorage;
  }
  const isConfig = error instanceof NodeError || error instanceof ChainError;
  if (isConfig && BAD_CONFIG.has(error.code)) return ExitCode.BadConfig;
  return error instanceof RpcError ? ExitCode.LockHeld : ExitCode.Crash;
}

/** What is written when the node could not start: what is wrong, and for damaged data what to do next. */
export function explainEnd(command: string, folder: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof FlotillaError ? ` [${error.code}]` : '';
  const lines = [`${command}: ${message}${code}`];
  if (exitCodeOf(error) === ExitCode.FatalStorage) {
    lines.push(
      `  where: ${folder}`,
      `  next:  copy that folder aside, then see all that is wrong with \`flotilla doctor --data ${folder}\``,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** What `web3_clientVersion` answers: name/version/platform/runtime, as geth words it. */
export function clientVersion(name: string): string {
  return `${name}/v${VERSION}/${process.platform}-${process.arch}/node${process.versions.node}`;
}
