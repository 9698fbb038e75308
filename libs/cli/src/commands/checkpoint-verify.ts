import { readFile } from 'node:fs/promises';
import { FlotillaError, isHex } from '@flotilla/common';
import type { CommandContext } from '../context.js';
import { CliError, CliErrorCode, invalidArgument } from '../errors.js';
import { ExitCode } from '../exit-code.js';
import { formatProof, proofFacts } from '../output/proof-view.js';

export interface VerifyOptions {
  readonly rootHash: string;
}

async function readBundle(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file === '-' ? '/dev/stdin' : file);
  } catch (cause) {
    throw new CliError(
      CliErrorCode.FileUnreadable,
      `can't read ${file}`,
      { exitCode: ExitCode.Failed, next: 'check the path and its permissions' },
      cause,
    );
  }
}

/** Needs neither services nor configuration: the file and the hash are all there is. */
export async function run(
  context: CommandContext,
  options: VerifyOptions,
  file: string,
): Promise<void> {
  const rootHash = options.rootHash.toLowerCase();
  if (!isHex(rootHash, 32)) {
    throw invalidArgument(
      `--root-hash: "${rootHash}" is no block hash`,
      'give 0x and 64 hex digits, e.g. from `cast block <number> -f hash --rpc-url <root>`',
    );
  }
  const bundle = await readBundle(file);
  const { verifyBundle } = await import('@flotilla/sdk');
  try {
    const facts = proofFacts(verifyBundle(bundle, { hash: rootHash }));
    context.print(facts, () => formatProof(facts));
  } catch (cause) {
    const code = cause instanceof FlotillaError ? cause.code : 'INTERNAL';
    throw new CliError(
      CliErrorCode.NotProven,
      `${file} proves nothing under root block ${rootHash}: ${(cause as Error).message} (${code})`,
      {
        exitCode: ExitCode.NotProven,
        next:
          code === 'UNTRUSTED_ROOT'
            ? 'if your own source of the root knows the block that the bundle names, give its hash'
            : 'do not rely on it; fetch the bundle again with `flotilla checkpoint export`',
      },
    );
  }
}
