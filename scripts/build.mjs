// Compiles every workspace's src/ to dist/ with swc, touching only what changed; then the nodes' programs and the dashboard.
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformFile } from '@swc/core';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Apps whose dist/ a bundler makes. */
const NODES = ['main-chain', 'micro-chain'];
const BUNDLED = [...NODES, 'dashboard'];
const isSource = (name) =>
  name.endsWith('.ts') && !name.endsWith('.spec.ts') && !name.endsWith('.d.ts');

async function filesUnder(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name));
}

async function modifiedAt(file) {
  return (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;
}

async function compile(source, target) {
  const { code, map } = await transformFile(source, { swcrc: true, root, filename: source });
  await mkdir(dirname(target), { recursive: true });
  await writeFile(`${target}.map`, map);
  await writeFile(target, `${code}\n//# sourceMappingURL=${target.split('/').pop()}.map\n`);
}

async function buildWorkspace(folder) {
  const src = join(folder, 'src');
  const dist = join(folder, 'dist');
  const sources = (await filesUnder(src)).filter(isSource);
  const targets = new Map(
    sources.map((s) => [join(dist, relative(src, s).replace(/\.ts$/, '.js')), s]),
  );
  for (const old of await filesUnder(dist)) {
    if (!targets.has(old.replace(/\.map$/, ''))) await rm(old);
  }
  const stale = [];
  for (const [target, source] of targets) {
    if ((await modifiedAt(source)) > (await modifiedAt(target)))
      stale.push(compile(source, target));
  }
  await Promise.all(stale);
  return stale.length;
}

async function isOutdated(target, sources) {
  const times = await Promise.all(sources.map(modifiedAt));
  return Math.max(...times) > (await modifiedAt(target));
}

/** A node's program: bundled again when a library, or a package that is installed, is newer. */
async function buildNode(app) {
  const libs = await readdir(join(root, 'libs'));
  const sources = [
    ...(await filesUnder(join(root, 'apps', app, 'src'))),
    ...(await Promise.all(libs.map((name) => filesUnder(join(root, 'libs', name, 'dist'))))).flat(),
    ...['node_modules/.package-lock.json', 'scripts/bundle-node.mjs'].map((f) => join(root, f)),
  ];
  if (!(await isOutdated(join(root, 'apps', app, 'dist/main.js'), sources))) return false;
  const { bundleNode } = await import('./bundle-node.mjs');
  await bundleNode(root, app);
  return true;
}

/** The dashboard and what of the SDK ends up in it: built again when any of it is newer than the result. */
async function buildDashboard() {
  const folder = join(root, 'apps/dashboard');
  const sources = [
    ...(await filesUnder(join(folder, 'src'))),
    ...(await filesUnder(join(folder, 'public'))),
    ...['index.html', 'vite.config.ts', 'package.json'].map((name) => join(folder, name)),
    ...(await filesUnder(join(root, 'libs/sdk/dist'))),
  ];
  if (!(await isOutdated(join(folder, 'dist/index.html'), sources))) return false;
  const { build } = await import('vite');
  await build({ root: folder, logLevel: 'warn' });
  return true;
}

let compiled = 0;
for (const group of ['libs', 'apps']) {
  for (const name of await readdir(join(root, group))) {
    if (BUNDLED.includes(name)) continue;
    compiled += await buildWorkspace(join(root, group, name));
  }
}
const bundled = [];
for (const app of NODES) if (await buildNode(app)) bundled.push(app);
if (await buildDashboard()) bundled.push('dashboard');
console.log(
  `build: ${[`${compiled} files compiled`, ...bundled.map((app) => `${app} bundled`)].join(', ')}`,
);
