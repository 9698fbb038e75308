// `node --import ./scripts/typescript.mjs file.ts` runs TypeScript as it is, in this thread and in its workers.
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
