// Makes one kind of node into a few files: most of a node's boot was finding and loading a thousand modules (ADR 25).
import { join } from 'node:path';
import { rolldown } from 'rolldown';

/** They bring native code or WebAssembly, or are what Nest looks for and a node does without. */
const PACKAGES =
  /^(reflect-metadata$|@node-rs\/crc32|lmdb|mcl-wasm|secp256k1|@nestjs\/(microservices|websockets|platform-)|class-(transformer|validator))/;

/** `main.js` and, beside it, `worker-entry.js`, which it starts as its threads; each role of a thread is a chunk. */
export async function bundleNode(root, app) {
  const bundle = await rolldown({
    cwd: root,
    platform: 'node',
    tsconfig: false,
    input: {
      main: join(root, 'apps', app, 'src/main.ts'),
      'worker-entry': join(root, 'libs/node/dist/threads/worker-entry.js'),
    },
    external: PACKAGES,
  });
  await bundle.write({
    dir: join(root, 'apps', app, 'dist'),
    cleanDir: true,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    sourcemap: true,
    comments: false,
  });
  await bundle.close();
}
