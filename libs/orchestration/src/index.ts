export * from './runtime/runtime-driver.js';
