import { armFailpoint } from '@flotilla/common';
import { loadConfig } from '@flotilla/platform';
import type { NodeConfig } from '../config/node-config.schema.js';
import { NodeError, NodeErrorCode } from '../errors.js';

/**
 * For crash tests: with `FLOTILLA_FAILPOINT=<name>@<n>` the process kills itself, as kill -9 does, at the n-th passing
 * of the failpoint.
 * @throws NodeError `NODE_CONFIG_INVALID` on any other profile than dev; PlatformError `INVALID_CONFIGURATION`
 */
export function armConfiguredFailpoint(config: NodeConfig): void {
  const { FLOTILLA_FAILPOINT: wanted } = loadConfig(['FLOTILLA_FAILPOINT']);
  if (wanted === undefined) return;
  if (config.chain.profile !== 'dev') {
    throw new NodeError(
      NodeErrorCode.InvalidConfig,
      'FLOTILLA_FAILPOINT is for chains of the dev profile only',
    );
  }
  const [name, passings] = wanted.split('@');
  let left = Number(passings);
  armFailpoint(name, () => {
    if (--left === 0) process.kill(process.pid, 'SIGKILL');
  });
}
