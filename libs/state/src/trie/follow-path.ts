import { type Nibbles, sharedLength } from './nibbles.js';
import { Branch, type Child, Leaf, type TrieNode } from './node.js';
import { DIGITS, extendPath, type NodePath } from './node-path.js';

/**
 * Goes down from the root along the path; `take` turns what a parent holds into a node.
 * @returns the value at the path's end, or undefined where the trie does not go that way
 */
export function followPath(
  root: Child,
  path: Nibbles,
  take: (child: Child, place: NodePath) => TrieNode,
): Uint8Array | undefined {
  let child: Child | undefined = root;
  let place = '';
  let at = 0;
  while (child !== undefined) {
    const node = take(child, place);
    if (node instanceof Branch) {
      if (at === path.length) return node.value;
      place += DIGITS[path[at]];
      child = node.child(path[at++]);
      continue;
    }
    if (sharedLength(node.path, 0, path, at) < node.path.length) return undefined;
    at += node.path.length;
    if (node instanceof Leaf) return at === path.length ? node.value : undefined;
    place = extendPath(place, node.path);
    child = node.child;
  }
  return undefined;
}
