import type { Nibbles } from './nibbles.js';

/** Where a node sits: the nibbles from the root to it, one hexadecimal digit each. The root sits at ''. */
export type NodePath = string;

export const DIGITS = '0123456789abcdef';

export function extendPath(path: NodePath, nibbles: Nibbles): NodePath {
  let extended = path;
  for (let i = 0; i < nibbles.length; i++) extended += DIGITS[nibbles[i]];
  return extended;
}

/** Where encoded nodes are read from. Nodes under 32 bytes are not asked for, unless they are the root. */
export interface NodeSource {
  read(path: NodePath): Uint8Array | undefined;
}
