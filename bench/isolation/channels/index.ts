import type { Channel } from '../channel.js';
import { creates } from './creates.js';
import { ethCall } from './eth-call.js';
import { logVolume } from './log-volume.js';
import { logs } from './logs.js';
import { memoryGrowth } from './memory-growth.js';
import { nats } from './nats.js';
import { rest } from './rest.js';
import { rootFlood } from './root-flood.js';
import { sockets } from './sockets.js';
import { stateGrowth } from './state-growth.js';
import { subscriptions } from './subscriptions.js';
import { trace } from './trace.js';
import { transactions } from './transactions.js';
import { wakes } from './wakes.js';

/** A new one is a file beside these and a line here. */
export const CHANNELS: readonly Channel[] = [
  transactions,
  ethCall,
  trace,
  logs,
  subscriptions,
  sockets,
  stateGrowth,
  memoryGrowth,
  logVolume,
  nats,
  rest,
  wakes,
  creates,
  rootFlood,
];
