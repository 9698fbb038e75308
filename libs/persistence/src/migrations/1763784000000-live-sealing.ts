import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When blocks are made is a setting like fees: chains from before began with what their nodes are configured with. */
export class LiveSealing1763784000000 implements MigrationInterface {
  readonly name = 'LiveSealing1763784000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `UPDATE chains SET genesis = jsonb_build_object('sealing', spec->'sealing') || genesis`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`UPDATE chains SET genesis = genesis - 'sealing'`);
  }
}
