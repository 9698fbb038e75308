import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ControlPlane1763683200000 implements MigrationInterface {
  readonly name = 'ControlPlane1763683200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE chains (
        id uuid PRIMARY KEY,
        name text NOT NULL,
        tenant text NOT NULL,
        spec jsonb NOT NULL,
        desired text NOT NULL CHECK (desired IN ('running', 'paused', 'archived')),
        chain_id int8,
        committee jsonb,
        status jsonb NOT NULL,
        observed jsonb NOT NULL,
        generation int4 NOT NULL,
        observed_generation int4 NOT NULL,
        version int4 NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        archived_at timestamptz
      )`);
    // A name is free again once its chain is archived; a chain id never is.
    await runner.query(
      'CREATE UNIQUE INDEX chains_name_unique ON chains (name) WHERE archived_at IS NULL',
    );
    await runner.query('CREATE UNIQUE INDEX chains_chain_id_unique ON chains (chain_id)');
    await runner.query('CREATE INDEX chains_tenant_name ON chains (tenant, name)');
    await runner.query(`
      CREATE TABLE chain_events (
        id bigserial PRIMARY KEY,
        at timestamptz NOT NULL,
        chain_key uuid NOT NULL REFERENCES chains (id),
        chain text NOT NULL,
        tenant text NOT NULL,
        type text NOT NULL,
        data jsonb NOT NULL,
        written_by xid8 NOT NULL DEFAULT pg_current_xact_id()
      )`);
    await runner.query('CREATE INDEX chain_events_by_chain ON chain_events (chain_key, id)');
    await runner.query(`
      CREATE TABLE api_keys (
        id uuid PRIMARY KEY,
        hash text NOT NULL CONSTRAINT api_keys_hash_unique UNIQUE,
        role text NOT NULL CHECK (role IN ('admin', 'tenant', 'viewer')),
        tenant text CHECK (role <> 'tenant' OR tenant IS NOT NULL),
        label text NOT NULL,
        created_at timestamptz NOT NULL,
        revoked_at timestamptz,
        last_used_at timestamptz
      )`);
    await runner.query(`
      CREATE TABLE audit_log (
        id bigserial PRIMARY KEY,
        at timestamptz NOT NULL,
        key_id uuid,
        tenant text,
        method text NOT NULL,
        path text NOT NULL,
        status int4 NOT NULL,
        code text,
        remote text NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE nats_accounts (
        chain_key uuid PRIMARY KEY REFERENCES chains (id),
        public_key text NOT NULL CONSTRAINT nats_accounts_public_key_unique UNIQUE,
        account_jwt text NOT NULL,
        issued_at timestamptz NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE checkpoints (
        chain_key uuid NOT NULL REFERENCES chains (id),
        index int8 NOT NULL,
        hash text NOT NULL,
        state text NOT NULL CHECK (state IN ('proposed', 'anchored', 'final')),
        first_block int8 NOT NULL,
        last_block int8 NOT NULL,
        checkpoint jsonb NOT NULL,
        signatures jsonb NOT NULL,
        bitmap text NOT NULL,
        root_transaction text,
        root_block jsonb,
        proposed_at timestamptz NOT NULL,
        anchored_at timestamptz,
        final_at timestamptz,
        PRIMARY KEY (chain_key, index)
      )`);
    await runner.query(
      `CREATE INDEX checkpoints_not_final ON checkpoints (state) WHERE state <> 'final'`,
    );
    await runner.query(`
      CREATE TABLE outbox (
        id bigserial PRIMARY KEY,
        topic text NOT NULL,
        payload jsonb NOT NULL,
        created_at timestamptz NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables = 'outbox, checkpoints, nats_accounts, audit_log, api_keys, chain_events, chains';
    await runner.query(`DROP TABLE ${tables}`);
  }
}
