import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Chains can sleep. Those from before follow their profile's default, as new ones do. */
export class Sleep1763769600000 implements MigrationInterface {
  readonly name = 'Sleep1763769600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`UPDATE chains SET spec = '{"sleep": {}}' || spec`);
    await runner.query(`UPDATE chains SET status = '{"asleep": null}' || status`);
    await runner.query('ALTER TABLE chains DROP CONSTRAINT chains_desired_check');
    await runner.query(`
      ALTER TABLE chains ADD CONSTRAINT chains_desired_check
      CHECK (desired IN ('running', 'sleeping', 'paused', 'archived'))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`UPDATE chains SET desired = 'running' WHERE desired = 'sleeping'`);
    await runner.query('ALTER TABLE chains DROP CONSTRAINT chains_desired_check');
    await runner.query(`
      ALTER TABLE chains ADD CONSTRAINT chains_desired_check
      CHECK (desired IN ('running', 'paused', 'archived'))`);
    await runner.query(`UPDATE chains SET spec = spec - 'sleep', status = status - 'asleep'`);
  }
}
