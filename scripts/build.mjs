// Compiles every workspace's src/ to dist/ with swc, touching only what changed, then the dashboard.
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformFile } from '@swc/core';

const root = fileURLToPath(new URL('..', import.meta.url));
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

/** The dashboard and what of the SDK ends up in it: built again when any of it is newer than the result. */
async function buildDashboard() {
  const folder = join(root, 'apps/dashboard');
  const sources = [
    ...(await filesUnder(join(folder, 'src'))),
    ...(await filesUnder(join(folder, 'public'))),
    ...['index.html', 'vite.config.ts', 'package.json'].map((name) => join(folder, name)),
    ...(await filesUnder(join(root, 'libs/sdk/dist'))),
  ];
  const builtAt = await modifiedAt(join(folder, 'dist/index.html'));
  const times = await Promise.all(sources.map(modifiedAt));
  if (Math.max(...times) <= builtAt) return false;
  const { build } = await import('vite');
  await build({ root: folder, logLevel: 'warn' });
  return true;
}

let compiled = 0;
for (const group of ['libs', 'apps']) {
  for (const name of await readdir(join(root, group))) {
    if (name === 'dashboard') continue;
    compiled += await buildWorkspace(join(root, group, name));
  }
}
const dashboard = await buildDashboard();
console.log(`build: ${compiled} files compiled${dashboard ? ', dashboard built' : ''}`);
