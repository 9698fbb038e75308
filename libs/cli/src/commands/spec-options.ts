import { readFile } from 'node:fs/promises';
import type { ChainSpecInput, SpecChange } from '@flotilla/sdk';
import { CliError, CliErrorCode, invalidArgument } from '../errors.js';
import { ExitCode } from '../exit-code.js';

/** The spec as options of `chain create` and `chain update`; each overrides the same field of `--spec`. */
export interface SpecOptions {
  readonly spec?: string;
  readonly chainId?: string;
  readonly size?: string;
  readonly blockTime?: string;
  readonly sealing?: string;
  readonly fees?: string;
  readonly gasPrice?: string;
  readonly gasLimit?: string;
  readonly hardfork?: string;
  readonly token?: string;
  readonly tokenName?: string;
  readonly deployers?: string;
  readonly senders?: string;
  readonly sleepAfter?: string;
  readonly access?: string;
}

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m)?$/;
const UNIT_MS = { ms: 1, s: 1_000, m: 60_000 };

/** `500ms`, `2s`, `1m`; a bare number is milliseconds. */
export function parseDurationMs(text: string): number {
  const match = DURATION.exec(text);
  if (match === null) {
    throw invalidArgument(`"${text}" is no duration`, 'write for example 500ms, 2s or 1m');
  }
  return Math.round(Number(match[1]) * UNIT_MS[(match[2] ?? 'ms') as keyof typeof UNIT_MS]);
}

const PRICE = /^(\d+)(?:\.(\d{1,9}))?(wei|gwei)?$/;

/** `1000000000`, `1gwei`, `0.5gwei`; a bare number is wei. Exact: no floating point on the way. */
export function parseGasPrice(text: string): string {
  const [, whole, fraction = '', unit = 'wei'] = PRICE.exec(text) ?? [];
  if (whole === undefined || (unit === 'wei' && fraction !== '')) {
    throw invalidArgument(`"${text}" is no gas price`, 'write for example 1000000000 or 1gwei');
  }
  const wei = unit === 'wei' ? BigInt(whole) : BigInt(whole + fraction.padEnd(9, '0'));
  return wei.toString();
}

export function parseInteger(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0) {
    throw invalidArgument(`${name}: "${text}" is no whole number`, 'write it in digits, or as 0x…');
  }
  return value;
}

/** Addresses with commas between them, `nobody`, or `everyone`, which is no list: null. */
export function parseAllowlist(name: string, text: string): readonly string[] | null {
  if (text === 'everyone') return null;
  if (text === 'nobody') return [];
  const list = text.split(',').map((address) => address.trim());
  const bad = list.find((address) => !/^0x[0-9a-fA-F]{40}$/.test(address));
  if (bad === undefined) return list;
  throw invalidArgument(
    `${name}: "${bad}" is no address`,
    'write addresses with commas between them, "nobody" or "everyone"',
  );
}

/** Whole seconds (`10m`, `90s`), or `never`, which the spec writes as null. */
export function parseSleepSeconds(text: string): number | null {
  return text === 'never' ? null : Math.round(parseDurationMs(text) / 1_000);
}

async function loadSpec(file: string): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await readFile(file === '-' ? '/dev/stdin' : file, 'utf8');
  } catch (cause) {
    throw new CliError(
      CliErrorCode.FileUnreadable,
      `can't read the spec in ${file}`,
      { exitCode: ExitCode.Usage, next: 'check the path and its permissions' },
      cause,
    );
  }
  try {
    const spec: unknown = JSON.parse(text);
    if (typeof spec === 'object' && spec !== null && !Array.isArray(spec)) {
      return spec as Record<string, unknown>;
    }
  } catch {
    // The same advice as for JSON that is no object.
  }
  throw invalidArgument(
    `${file} holds no JSON object`,
    'write a spec like {"sealing": {"mode": "lazy"}, "fees": {"mode": "free"}}',
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function merge(
  base: Record<string, unknown>,
  over: Record<string, unknown>,
): Record<string, unknown> {
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) {
    if (value === undefined) continue;
    const below = merged[key];
    merged[key] = isObject(value) && isObject(below) ? merge(below, value) : value;
  }
  return merged;
}

const withoutUndefined = (value: Record<string, unknown>) => {
  const given = Object.entries(value).filter(([, field]) => field !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
};

/** For a new chain a block time or a gas price alone says which mode is meant; an old one keeps its mode. */
function specOfOptions(options: SpecOptions, isNew: boolean): Record<string, unknown> {
  const intervalMs =
    options.blockTime === undefined ? undefined : parseDurationMs(options.blockTime);
  const gasPrice = options.gasPrice === undefined ? undefined : parseGasPrice(options.gasPrice);
  const allowlist = (name: string, text: string | undefined) => {
    const list = text === undefined ? undefined : parseAllowlist(name, text);
    return isNew ? (list ?? undefined) : list;
  };
  const integer = (name: string, text: string | undefined) =>
    text === undefined ? undefined : parseInteger(name, text);
  return {
    chainId: integer('--chain-id', options.chainId),
    size: options.size,
    sealing: withoutUndefined({
      mode: options.sealing ?? (isNew && intervalMs !== undefined ? 'interval' : undefined),
      intervalMs,
    }),
    fees: withoutUndefined({
      mode: options.fees ?? (isNew && gasPrice !== undefined ? 'fixed' : undefined),
      gasPrice,
    }),
    gasLimit: integer('--gas-limit', options.gasLimit),
    hardfork: options.hardfork,
    token: withoutUndefined({ symbol: options.token, name: options.tokenName }),
    sleep: withoutUndefined({
      afterSeconds:
        options.sleepAfter === undefined ? undefined : parseSleepSeconds(options.sleepAfter),
    }),
    access: options.access,
    allow: withoutUndefined({
      deployers: allowlist('--deployers', options.deployers),
      senders: allowlist('--senders', options.senders),
    }),
  };
}

/** Checks only what the command line can get wrong: the API checks the spec. */
export async function specFromOptions(options: SpecOptions): Promise<ChainSpecInput> {
  return (await mergedSpec(options, true)) as ChainSpecInput;
}

/** The same for a chain that exists: null takes a field away. */
export async function changeFromOptions(options: SpecOptions): Promise<SpecChange> {
  return (await mergedSpec(options, false)) as SpecChange;
}

async function mergedSpec(options: SpecOptions, isNew: boolean): Promise<Record<string, unknown>> {
  const base = options.spec === undefined ? {} : await loadSpec(options.spec);
  return merge(base, specOfOptions(options, isNew));
}
