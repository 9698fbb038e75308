import type { CheckpointRecord } from '@flotilla/sdk';
import { formatAge, NOTHING, shortHash } from './format.js';
import { formatFacts, formatTable } from './table.js';

/** What each status means to somebody who relies on it. */
const MEANING = {
  proposed: 'signed by the committee, not on the root yet',
  anchored: 'recorded on the root',
  final: 'recorded on the root for good',
} as const;

export function formatCheckpointTable(
  checkpoints: readonly CheckpointRecord[],
  nowMs: number,
): string {
  if (checkpoints.length === 0)
    return 'No checkpoint yet: the chain anchors after its first transaction.';
  return formatTable(
    ['index', 'blocks', 'hash', 'status', 'root block', 'anchored'],
    checkpoints.map((record) => [
      String(record.index),
      `${record.firstBlock}–${record.lastBlock}`,
      shortHash(record.hash),
      record.status,
      record.rootBlock?.number.toString() ?? NOTHING,
      formatAge(record.anchoredAt, nowMs),
    ]),
  );
}

export function formatCheckpoint(record: CheckpointRecord): string {
  return [
    formatFacts([
      ['Hash', record.hash],
      ['Status', `${record.status}: ${MEANING[record.status]}`],
      [
        'Root block',
        record.rootBlock ? `${record.rootBlock.number} ${record.rootBlock.hash}` : undefined,
      ],
      ['Root transaction', record.rootTransaction ?? undefined],
      ['Signers', record.signers.join(', ')],
      ['Proposed', record.proposedAt],
      ['Anchored', record.anchoredAt ?? undefined],
      ['Final', record.finalAt ?? undefined],
    ]),
    '',
    formatFacts(Object.entries(record.checkpoint).map(([name, value]) => [name, String(value)])),
  ].join('\n');
}
