export * from './errors.js';
export * from './instance-files.js';
export * from './process/log-file.js';
export * from './process/process-identity.js';
export * from './process/spawn-detached.js';
export * from './process/stop-process.js';
export * from './process-driver.js';
