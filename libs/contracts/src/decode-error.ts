import type { ErrorDescription } from 'ethers';
import { RootError, RootErrorCode } from './errors.js';
import { managerInterface, registryInterface } from './interfaces.js';

// What ethers and Node's sockets call an endpoint that is not there.
const UNREACHABLE = new Set([
  'NETWORK_ERROR',
  'SERVER_ERROR',
  'TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
]);

type Loose = Record<string, unknown> | undefined;

/** Depending on the call, ethers keeps the node's answer at another depth. */
function revertData(error: unknown): string | undefined {
  const outer = error as Loose;
  const places = [outer, outer?.error, (outer?.info as Loose)?.error] as Loose[];
  for (const place of places) {
    if (typeof place?.data === 'string' && place.data.length >= 10) return place.data;
  }
  return undefined;
}

function parse(data: string): ErrorDescription | null {
  return managerInterface.parseError(data) ?? registryInterface.parseError(data);
}

/** Arguments by name; integers as numbers where they are exact, else as decimal strings. */
function namedArguments({ fragment, args }: ErrorDescription): Record<string, unknown> {
  const plain = (value: unknown) => {
    if (typeof value === 'bigint') {
      return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value.toString();
    }
    return typeof value === 'string' ? value.toLowerCase() : value;
  };
  return Object.fromEntries(fragment.inputs.map((input, i) => [input.name, plain(args[i])]));
}

function contractError(data: string, cause: unknown): RootError | undefined {
  const description = parse(data);
  if (description === null || !(description.name in RootErrorCode)) return undefined;
  const code = RootErrorCode[description.name as keyof typeof RootErrorCode];
  const named = namedArguments(description);
  return new RootError(code, `the root refuses: ${description.name} ${JSON.stringify(named)}`, {
    data: named,
    cause,
  });
}

/** For an endpoint whose answer is no contract's: the node's own words, and its code in `data`. */
export function toRpcError(code: RootErrorCode, who: string, cause: unknown): RootError {
  const outer = cause as Loose;
  const answer = (outer?.error ?? (outer?.info as Loose)?.error) as Loose;
  const words = answer?.message ?? outer?.shortMessage ?? outer?.message;
  const ethersCode = outer?.code;
  return new RootError(code, `${who} answers with an error: ${words}`, {
    cause,
    data: { answer },
    retryable: typeof ethersCode === 'string' && UNREACHABLE.has(ethersCode),
  });
}

/** Takes whatever ethers threw to our own error: a contract's reason, a missing endpoint, or the rest. */
export function toRootError(cause: unknown): RootError {
  if (cause instanceof RootError) return cause;
  const data = revertData(cause);
  const decoded = data === undefined ? undefined : contractError(data, cause);
  if (decoded !== undefined) return decoded;
  const { code, message, shortMessage } = cause as Record<string, string | undefined>;
  const detail = shortMessage ?? message ?? String(cause);
  if (code !== undefined && UNREACHABLE.has(code)) {
    return new RootError(RootErrorCode.Unreachable, `the root does not answer: ${detail}`, {
      cause,
      retryable: true,
    });
  }
  if (code === 'INSUFFICIENT_FUNDS') {
    return new RootError(RootErrorCode.InsufficientFunds, `the relayer lacks funds: ${detail}`, {
      cause,
    });
  }
  return new RootError(RootErrorCode.RpcError, `the root answers with an error: ${detail}`, {
    cause,
  });
}

/** Runs a call to the root; what it throws is a RootError. */
export async function onRoot<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toRootError(error);
  }
}
