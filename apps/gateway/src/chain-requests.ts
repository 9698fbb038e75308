import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Clock, sleep } from '@flotilla/common';
import type { Route } from '@flotilla/messaging';
import type { Access } from './access/access.js';
import { credentialOf } from './access/credential.js';
import type { KeyTable } from './access/key-table.js';
import type { ChainPath } from './chain-path.js';
import type { Connection } from './connections/connection.js';
import type { ConnectionTable } from './connections/connection-table.js';
import { overLimit, tooLate, unknownChain } from './errors.js';
import type { GatewayMetrics } from './gateway-metrics.js';
import type { ChainMeter } from './limits/chain-meter.js';
import { deadlineOf } from './limits/deadline.js';
import type { FairTurns } from './limits/fair-turns.js';
import type { Meters } from './limits/meters.js';
import type { Excess } from './limits/rate-meter.js';
import { Exchange } from './proxy/exchange.js';
import { CORS_HEADERS } from './proxy/headers.js';
import type { HttpProxy } from './proxy/http-proxy.js';
import type { Caller } from './routes/caller.js';
import type { RouteTable } from './routes/route-table.js';
import { answerAsleep } from './sleep/answer-asleep.js';

interface Modules {
  readonly access: Access;
  readonly keys: KeyTable;
  readonly http: HttpProxy;
  readonly routes: RouteTable;
  readonly meters: Meters;
  readonly connections: ConnectionTable;
  readonly turns: FairTurns;
  readonly metrics: GatewayMetrics;
  readonly clock: Clock;
}

/** Requests that a client may send on one connection before the first of them is answered. */
const MAX_PIPELINED = 16;
/** A body up to this length is here before its request takes a place: who sends it slowly keeps none from others. */
const READ_AHEAD_BYTES = 16 * 1024;
/** Past its deadline a request gets its chain's own word on that, if it comes within so many milliseconds. */
const DEADLINE_GRACE_MS = 200;
/** When to try again for a connection. */
const FULL_MS = 1_000;

/** One request on its way through the gateway. */
interface Visit {
  readonly caller: Caller;
  /** The chain that it counts for; names that no chain has, and strangers to a chain, count together, as ''. */
  readonly account: string;
  readonly meter: ChainMeter;
  readonly connection: Connection;
  readonly exchange: Exchange;
}

/** A chain's HTTP requests: each is counted against the limits first, and forwarded when its turn has come. */
export class ChainRequests {
  constructor(private readonly modules: Modules) {}

  /** @throws GatewayError when nothing was answered yet */
  async serve(
    { chain, key }: ChainPath,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { access, keys, routes, meters, connections, metrics, clock } = this.modules;
    const connection = connections.of(request.socket);
    if (connection === undefined || connection.exchanges >= MAX_PIPELINED) {
      request.socket.destroy();
      return;
    }
    const now = clock.now();
    const credential = credentialOf(request, key, keys);
    const known = routes.get(chain);
    // What a stranger sends is not to use up what is the chain's.
    const isOpen = known !== undefined && !access.refusal(known, credential.keyHash);
    const visit: Visit = {
      caller: { chain, ...credential },
      account: isOpen ? chain : '',
      meter: meters.of(chain, isOpen ? known : undefined),
      connection,
      exchange: new Exchange(request, response),
    };
    connection.began(visit.exchange);
    try {
      await this.#admit(visit);
      await this.#pass(visit, deadlineOf(request, now));
    } finally {
      connection.ended();
      const bytes = connection.takeBytes();
      visit.meter.debitBytes(visit.caller.client, bytes, clock.now());
      metrics.bytes(visit.account, bytes);
    }
  }

  async #admit(visit: Visit): Promise<void> {
    const { connections, turns, clock } = this.modules;
    const { account, caller, meter, connection, exchange } = visit;
    const isOurs = connections.claim(connection, {
      chain: account,
      client: caller.client,
      max: meter.limits.connections ?? Number.POSITIVE_INFINITY,
      maxPerClient: meter.connectionsPerClient,
    });
    if (!isOurs) {
      exchange.response.shouldKeepAlive = false;
      await this.#refuse(visit, { limit: 'connections', retryAfterMs: FULL_MS });
    }
    const excess = meter.take(caller.client, clock.now());
    if (excess !== undefined) await this.#refuse(visit, excess);
    const turn = turns.enter(account);
    if (turn !== undefined) await turn;
  }

  async #refuse({ account, meter }: Visit, excess: Excess): Promise<never> {
    const { clock, metrics } = this.modules;
    metrics.refused(account, excess.limit);
    const waitMs = meter.refusals.next(clock.now());
    if (waitMs > 0) await sleep(clock, waitMs);
    throw overLimit(excess);
  }

  async #pass(visit: Visit, deadline: number | undefined): Promise<void> {
    const { clock } = this.modules;
    const { exchange } = visit;
    const giveUp = () => exchange.giveUp(tooLate());
    const stopTimer =
      deadline === undefined
        ? undefined
        : clock.after(deadline + DEADLINE_GRACE_MS - clock.now(), giveUp);
    try {
      await this.#forward(visit, deadline);
    } catch (error) {
      // Why nobody waits any longer says more than what came of it.
      exchange.cancelled.throwIfAborted();
      throw error;
    } finally {
      stopTimer?.();
    }
  }

  async #forward(
    { caller, meter, connection, exchange }: Visit,
    deadline: number | undefined,
  ): Promise<void> {
    const { access, http, routes, clock } = this.modules;
    const route = await routes.lookUp(caller.chain);
    if (route === undefined) throw unknownChain(caller.chain);
    const refusal = access.refusal(route, caller.keyHash);
    if (refusal !== undefined) throw refusal;
    const asleep = () => sleeping(routes.get(caller.chain));
    if (route.phase === 'Sleeping' && (await answeredAsleep(asleep, exchange))) return;
    // Of one who sends a request behind the other only the first is read ahead: that is all that we keep for him.
    const isHere =
      exchange.request.method === 'GET' ||
      (connection.exchanges === 1 && (await exchange.readShort(READ_AHEAD_BYTES)) !== undefined);
    const body = isHere ? 'read' : 'unread';
    const entered = meter.enter(body, exchange.cancelled);
    if (entered !== true && !(await entered)) throw exchange.cancelled.reason;
    try {
      if (deadline !== undefined && clock.now() >= deadline) throw tooLate();
      await http.forward({
        caller,
        exchange,
        deadline,
        maxBodyBytes: meter.maxBodyBytes,
        answered: (micros) => meter.debitCompute(caller.client, micros, clock.now()),
      });
    } finally {
      meter.leave(body);
    }
  }
}

const sleeping = (route: Route | undefined) => (route?.phase === 'Sleeping' ? route : undefined);

/** True when what the gateway knows of the sleeping chain was answer enough, or nobody is there to read one. */
async function answeredAsleep(
  asleep: () => Route | undefined,
  exchange: Exchange,
): Promise<boolean> {
  const { response } = exchange;
  const answer = await answerAsleep(asleep, exchange);
  if (answer === undefined) return response.destroyed;
  response.writeHead(200, { 'content-type': 'application/json', ...CORS_HEADERS });
  response.end(answer);
  return true;
}
