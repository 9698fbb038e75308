// What Node asks when it loads a module (`module.register`): TypeScript is compiled by swc on the way in.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** TypeScript names its neighbours as the JavaScript that they become. */
export async function resolve(specifier, context, next) {
  const isNeighbour = specifier.startsWith('.') && context.parentURL?.endsWith('.ts');
  return next(isNeighbour ? specifier.replace(/\.js$/, '.ts') : specifier, context);
}

export async function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
  const { transform } = await import('@swc/core');
  const filename = fileURLToPath(url);
  const { code } = await transform(await readFile(filename, 'utf8'), {
    filename,
    sourceMaps: 'inline',
  });
  return { format: 'module', source: code, shortCircuit: true };
}
