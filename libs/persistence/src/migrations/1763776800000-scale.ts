import type { MigrationInterface, QueryRunner } from 'typeorm';

const DEFAULTS = JSON.stringify({
  scale: { replicas: { min: 0, max: 0 }, workers: { min: 3, max: 8 } },
  failover: false,
});

/** Chains may have several instances; those from before go on with one. */
export class Scale1763776800000 implements MigrationInterface {
  readonly name = 'Scale1763776800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`UPDATE chains SET spec = '${DEFAULTS}' || spec`);
    await runner.query(
      `UPDATE chains SET status = '{"lease": null, "replicas": [], "scale": null}' || status`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`UPDATE chains SET spec = spec - 'scale' - 'failover'`);
    await runner.query(`UPDATE chains SET status = status - 'lease' - 'replicas' - 'scale'`);
  }
}
