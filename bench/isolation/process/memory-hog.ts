import { writeFileSync } from 'node:fs';
import { answerParent } from './remote.js';

const held: Buffer[] = [];

/** Stands for a leak in a chain's node: memory that is written to and never given back. */
answerParent({
  join: (procsFiles: readonly string[]) => {
    for (const file of procsFiles) writeFileSync(file, String(process.pid));
  },
  grow: (bytes: number) => {
    held.push(Buffer.alloc(bytes, 1));
    return held.reduce((sum, { length }) => sum + length, 0);
  },
});
