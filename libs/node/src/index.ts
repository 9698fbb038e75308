export { type AnchorReport, CheckpointProposer } from './anchoring/checkpoint-proposer.js';
export * from './chain-node.js';
export * from './config/dev-alloc.js';
export * from './config/load-node-config.js';
export * from './config/node-config.schema.js';
export * from './errors.js';
export * from './files/committee-key.js';
export { INSTANCE_FILE, type InstanceRecord } from './files/instance-file.js';
export * from './process/run-node.js';
