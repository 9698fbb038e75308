import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { NodeError, NodeErrorCode } from '../errors.js';
import { type NodeConfig, nodeConfigSchema } from './node-config.schema.js';

export const NODE_CONFIG_FILE = 'node.json';

/** @throws NodeError `NODE_CONFIG_INVALID`, naming each field that is wrong */
export function parseNodeConfig(value: unknown): NodeConfig {
  const result = nodeConfigSchema.safeParse(value);
  if (result.success) return result.data;
  throw new NodeError(
    NodeErrorCode.InvalidConfig,
    `${NODE_CONFIG_FILE}: ${z.prettifyError(result.error).replaceAll('\n', ' ')}`,
  );
}

/** Reads `<folder>/node.json`. @throws NodeError `NODE_CONFIG_INVALID` */
export function loadNodeConfig(folder: string): NodeConfig {
  const file = join(folder, NODE_CONFIG_FILE);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new NodeError(NodeErrorCode.InvalidConfig, `can't read ${file}: ${String(cause)}`, {
      cause,
    });
  }
  return parseNodeConfig(value);
}
