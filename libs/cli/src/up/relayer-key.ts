import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { UpError, UpErrorCode } from './errors.js';
import { callRpc } from './services/probe.js';
import type { Home } from './state/home.js';
import { saveText } from './state/json-file.js';

/** The tenth account of "test test … junk": funded on anvil, Hardhat and other development chains. */
const DEV_RELAYER = {
  address: '0xa0ee7a142d267c1f36714e4a8f75612f20a79720',
  privateKey: '0x2a871d0798f97d79848a013d4936a73bf4cc922c825d33c1cf7073dff6d409c6',
} as const;

export interface RelayerKeyOptions {
  readonly home: Home;
  /** A file that the user named; it must be there. */
  readonly chosenFile: string | undefined;
  /** Undefined for the embedded root, where transactions are free. */
  readonly externalRootUrl: string | undefined;
  readonly profile: 'dev' | 'production';
}

/**
 * The file with the key that pays for anchoring, drawn at the first start. On an external root in the dev
 * profile it is a well-known one, if that has money there.
 * @throws UpError `ROOT_NOT_READY` when the external root does not answer
 */
export async function ensureRelayerKey(options: RelayerKeyOptions): Promise<string> {
  const { home, chosenFile, externalRootUrl, profile } = options;
  if (chosenFile !== undefined) return resolve(chosenFile);
  const name = externalRootUrl === undefined ? 'relayer.key' : 'external-relayer.key';
  const file = home.file('keys', name);
  if (existsSync(file)) return file;
  const usesDevKey = profile === 'dev' && externalRootUrl && (await isFunded(externalRootUrl));
  const key = usesDevKey ? DEV_RELAYER.privateKey : `0x${randomBytes(32).toString('hex')}`;
  saveText(file, `${key}\n`);
  return file;
}

export function readRelayerKey(file: string): `0x${string}` {
  const digits = readFileSync(file, 'utf8').trim().replace(/^0x/, '');
  return `0x${digits}`;
}

async function isFunded(rootUrl: string): Promise<boolean> {
  const balance = await callRpc(rootUrl, 'eth_getBalance', [DEV_RELAYER.address, 'latest']);
  if (balance !== undefined) return BigInt(balance) > 0n;
  throw new UpError(
    UpErrorCode.RootNotReady,
    `the root at ${rootUrl} does not answer; start it, or unset FLOTILLA_ROOT_RPC_URL for the embedded one`,
  );
}
