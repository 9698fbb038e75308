import { OrchestrationError, OrchestrationErrorCode } from '../errors.js';

/** 3 to 40 characters: lower-case letters, digits and hyphens; a letter first, no hyphen last. */
export const CHAIN_NAME_PATTERN = /^[a-z][a-z0-9-]{1,38}[a-z0-9]$/;

/** Names with a meaning of their own in URLs or subjects. */
export const RESERVED_CHAIN_NAMES: ReadonlySet<string> = new Set([
  'root',
  'control',
  'api',
  'admin',
  'health',
  'metrics',
  'system',
  'flotilla',
]);

/** @throws OrchestrationError `NAME_INVALID` or `NAME_RESERVED` */
export function assertChainName(name: string): void {
  if (!CHAIN_NAME_PATTERN.test(name)) {
    throw new OrchestrationError(
      OrchestrationErrorCode.NameInvalid,
      'a chain name has 3 to 40 lower-case letters, digits and hyphens, starts with a letter and does not end with a hyphen',
    );
  }
  if (RESERVED_CHAIN_NAMES.has(name)) {
    throw new OrchestrationError(OrchestrationErrorCode.NameReserved, `"${name}" is reserved`);
  }
}
