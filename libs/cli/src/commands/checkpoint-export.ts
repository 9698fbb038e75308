import { writeFile } from 'node:fs/promises';
import { type Hash, hexToBytes, keccak256Hex } from '@flotilla/common';
import type { CommandContext } from '../context.js';
import { CliError, CliErrorCode } from '../errors.js';
import { ExitCode } from '../exit-code.js';
import { formatFacts } from '../output/table.js';
import { parseInteger } from './spec-options.js';

export interface ExportOptions {
  readonly account?: string;
  readonly slot?: string;
  readonly save?: string;
}

async function save(file: string, bundle: string): Promise<void> {
  try {
    await writeFile(file, bundle);
  } catch (cause) {
    throw new CliError(
      CliErrorCode.FileUnwritable,
      `can't write ${file}`,
      { exitCode: ExitCode.Failed, next: 'check the folder and its permissions' },
      cause,
    );
  }
}

/** The root's block that the bundle hangs on, after checking that the rest of it hangs together. */
async function rootBlockOf(bundle: string): Promise<{ number: number; hash: Hash }> {
  const { decodeBundle, verifyBundle } = await import('@flotilla/anchoring');
  const hash = keccak256Hex(hexToBytes(decodeBundle(bundle).root.header));
  const { root } = verifyBundle(bundle, { hash });
  return { number: root.number, hash };
}

export async function run(
  context: CommandContext,
  options: ExportOptions,
  chain: string,
  index: string,
): Promise<void> {
  const number = parseInteger('<index>', index);
  const { account, slot, save: file } = options;
  const { checkpoints } = await context.client();
  const bundle = await checkpoints.bundle(chain, number, { account, slot });
  const rootBlock = await rootBlockOf(bundle);
  if (file !== undefined) await save(file, bundle);
  const result = {
    chain,
    index: number,
    rootBlock: rootBlock.number,
    rootHash: rootBlock.hash,
    ...(file === undefined ? { bundle } : { file }),
  };
  context.print(result, () =>
    file === undefined
      ? bundle
      : [
          formatFacts([
            ['Saved', file],
            ['Root block', `${rootBlock.number} ${rootBlock.hash}`],
          ]),
          '',
          'Check that hash with a source of the root that you trust, then, any time and offline:',
          `  flotilla checkpoint verify ${file} --root-hash ${rootBlock.hash}`,
        ].join('\n'),
  );
}
