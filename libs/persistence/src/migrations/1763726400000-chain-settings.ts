import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Settings change on a running chain: what genesis was made by is kept beside the spec. */
export class ChainSettings1763726400000 implements MigrationInterface {
  readonly name = 'ChainSettings1763726400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE chains SET spec = jsonb_set(
        spec || '{"allow": {}}', '{token}', spec->'token' || '{"decimals": 18}'
      )`);
    await runner.query(`UPDATE chains SET status = status || '{"settings": null}'`);
    await runner.query('ALTER TABLE chains ADD COLUMN genesis jsonb');
    await runner.query(`
      UPDATE chains SET genesis = jsonb_build_object(
        'fees', spec->'fees', 'gasLimit', spec->'gasLimit',
        'token', spec->'token', 'allow', spec->'allow'
      )`);
    await runner.query('ALTER TABLE chains ALTER COLUMN genesis SET NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE chains DROP COLUMN genesis');
  }
}
