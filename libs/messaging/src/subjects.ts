import { MessagingError, MessagingErrorCode } from './errors.js';

/**
 * The only place where subjects are built or taken apart.
 * Grammar: `flotilla.v1.<cmd|evt|hb|rpc>.<chain>.<resource>.<verb>`.
 */
export type SubjectKind = 'cmd' | 'evt' | 'hb' | 'rpc';

export interface SubjectParts {
  readonly kind: SubjectKind;
  /** A chain's name, or `control` for the control plane itself. */
  readonly chain: string;
  readonly resource: string;
  readonly verb: string;
}

/** The chain token of messages that the control plane sends about itself; no chain can have this name. */
export const CONTROL = 'control';
/** Stands for every chain in a subscription. */
export const ANY_CHAIN = '*';

const PREFIX = 'flotilla.v1';
const KINDS: ReadonlySet<string> = new Set(['cmd', 'evt', 'hb', 'rpc']);
const TOKEN = /^[a-z][a-z0-9-]{0,38}[a-z0-9]$/;

/** @throws MessagingError `INVALID_SUBJECT` when a token could change the subject's meaning. */
export function buildSubject(parts: SubjectParts): string {
  const { kind, chain, resource, verb } = parts;
  for (const token of [resource, verb]) checkToken(token);
  if (chain !== ANY_CHAIN) checkToken(chain);
  return `${PREFIX}.${kind}.${chain}.${resource}.${verb}`;
}

/** Undefined for anything that is not one of ours. */
export function parseSubject(subject: string): SubjectParts | undefined {
  const tokens = subject.split('.');
  if (tokens.length !== 6 || `${tokens[0]}.${tokens[1]}` !== PREFIX) return undefined;
  const [kind, chain, resource, verb] = tokens.slice(2) as [string, string, string, string];
  if (!KINDS.has(kind) || ![chain, resource, verb].every((token) => TOKEN.test(token))) {
    return undefined;
  }
  return { kind: kind as SubjectKind, chain, resource, verb };
}

/** Every subject of one kind of one chain (or of all chains): what accounts export, import and permit. */
export function subjectSpace(kind: SubjectKind, chain: string): string {
  if (chain !== ANY_CHAIN) checkToken(chain);
  return `${PREFIX}.${kind}.${chain}.>`;
}

function checkToken(token: string): void {
  if (!TOKEN.test(token)) {
    throw new MessagingError(
      MessagingErrorCode.InvalidSubject,
      `not a subject token: ${JSON.stringify(token.slice(0, 60))}`,
    );
  }
}
