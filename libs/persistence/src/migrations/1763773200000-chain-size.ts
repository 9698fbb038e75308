import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Chains have a size; those from before get the default one, so that asking for them again is still the same chain. */
export class ChainSize1763773200000 implements MigrationInterface {
  readonly name = 'ChainSize1763773200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`UPDATE chains SET spec = '{"size": "small"}' || spec`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`UPDATE chains SET spec = spec - 'size' - 'limits'`);
  }
}
