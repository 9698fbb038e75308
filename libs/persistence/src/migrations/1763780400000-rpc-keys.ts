import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keys may be good for JSON-RPC alone. */
export class RpcKeys1763780400000 implements MigrationInterface {
  readonly name = 'RpcKeys1763780400000';

  async up(runner: QueryRunner): Promise<void> {
    await this.#allow(runner, ['admin', 'tenant', 'viewer', 'rpc']);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM api_keys WHERE role = 'rpc'`);
    await this.#allow(runner, ['admin', 'tenant', 'viewer']);
  }

  async #allow(runner: QueryRunner, roles: readonly string[]): Promise<void> {
    const list = roles.map((role) => `'${role}'`).join(', ');
    await runner.query('ALTER TABLE api_keys DROP CONSTRAINT api_keys_role_check');
    await runner.query(
      `ALTER TABLE api_keys ADD CONSTRAINT api_keys_role_check CHECK (role IN (${list}))`,
    );
  }
}
