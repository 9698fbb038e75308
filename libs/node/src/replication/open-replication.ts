import { join } from 'node:path';
import { parseAnchoringState } from '../anchoring/anchoring-state.js';
import type { NodeConfig } from '../config/node-config.schema.js';
import { JsonFile } from '../files/json-file.js';
import { Replication, type ReplicationModules } from './replication.js';

/** Undefined for a node that is its chain's only one. @throws NodeError `NODE_FILE_CORRUPT` */
export function openReplication(
  { folder, config }: { readonly folder: string; readonly config: NodeConfig },
  modules: ReplicationModules,
): Replication | undefined {
  const { instance, failover, standby, rpc } = config;
  if (instance === undefined) return undefined;
  return new Replication({ folder, host: rpc.host, instance, failover, standby }, modules);
}

/** Keeps what the producer knows of its anchors where a producer looks for it when it starts. */
export function followAnchoring(folder: string): (state: unknown) => void {
  const file = new JsonFile(join(folder, 'anchoring.json'), parseAnchoringState);
  let known = '';
  return (state) => {
    const text = JSON.stringify(state);
    if (text === known || state === null || state === undefined) return;
    known = text;
    file.save(parseAnchoringState(state));
  };
}
