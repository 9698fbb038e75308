import type { KeyRole } from '@flotilla/sdk';
import type { CommandContext } from '../context.js';
import { formatAge, NOTHING } from '../output/format.js';
import { formatFacts, formatTable } from '../output/table.js';

export interface CreateKeyOptions {
  readonly role: KeyRole;
  readonly tenant?: string;
  readonly label?: string;
}

export async function create(context: CommandContext, options: CreateKeyOptions): Promise<void> {
  const { keys } = await context.client();
  const { role, tenant, label } = options;
  const created = await keys.create({ role, tenant, label });
  context.print(created, () =>
    [
      formatFacts([
        ['Key', created.key],
        ['Id', created.id],
        ['Role', created.role],
        ['Tenant', created.tenant ?? undefined],
        ['Label', created.label ?? undefined],
      ]),
      '',
      'Keep the key now: only its hash is stored, so it is never shown again.',
    ].join('\n'),
  );
}

export async function list(context: CommandContext): Promise<void> {
  const { keys } = await context.client();
  const all = await keys.list();
  const now = Date.now();
  context.print(all, () =>
    formatTable(
      ['id', 'role', 'tenant', 'label', 'created', 'last used', 'state'],
      all.map((key) => [
        key.id,
        key.role,
        key.tenant ?? NOTHING,
        key.label ?? NOTHING,
        formatAge(key.createdAt, now),
        formatAge(key.lastUsedAt, now),
        key.revokedAt === null ? 'active' : `revoked ${formatAge(key.revokedAt, now)}`,
      ]),
    ),
  );
}

export async function revoke(
  context: CommandContext,
  _options: unknown,
  id: string,
): Promise<void> {
  const { keys } = await context.client();
  await keys.revoke(id);
  context.print({ id, revoked: true }, () => `key ${id} is revoked`);
}
