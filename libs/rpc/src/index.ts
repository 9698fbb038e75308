export * from './errors.js';
export * from './ethereum-methods.js';
export { quantity } from './format/quantity.js';
export * from './method.js';
export { method, optional, type Parser } from './params/parser.js';
export * from './rpc-server.js';
export type * from './session.js';
