import type { Channel } from '../channel.js';
import { ethCall } from './eth-call.js';
import { logVolume } from './log-volume.js';
import { logs } from './logs.js';
import { stateGrowth } from './state-growth.js';
import { subscriptions } from './subscriptions.js';
import { trace } from './trace.js';
import { transactions } from './transactions.js';

/** A new one is a file beside these and a line here. */
export const CHANNELS: readonly Channel[] = [
  transactions,
  ethCall,
  trace,
  logs,
  subscriptions,
  stateGrowth,
  logVolume,
];
