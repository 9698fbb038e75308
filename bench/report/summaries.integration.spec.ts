import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { repositoryRoot } from '../../test/stack.js';
import { summaries } from './write-summaries.js';

it.each([...summaries()])(
  '%s says what the kept runs say: `npm run bench -- summary`',
  (file, text) => {
    expect([relative(repositoryRoot, file), readFileSync(file, 'utf8')]).toEqual([
      relative(repositoryRoot, file),
      text,
    ]);
  },
);
