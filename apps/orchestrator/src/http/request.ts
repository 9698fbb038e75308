import type { Role } from '@flotilla/persistence';
import type { FastifyRequest } from 'fastify';

/** Who asks, once the key is known. */
export interface Principal {
  readonly keyId: string;
  readonly role: Role;
  /** Null: every tenant's chains (admins, and viewers of the whole fleet). */
  readonly tenant: string | null;
  readonly label: string;
}

/** Facts that are gathered about a request on its way, for the audit log. */
export interface ApiRequest extends FastifyRequest {
  principal?: Principal;
  problemCode?: string;
}
