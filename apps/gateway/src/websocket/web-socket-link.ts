import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '@flotilla/common';
import type { Access } from '../access/access.js';
import { GatewayError, GatewayErrorCode, overLimit } from '../errors.js';
import type { GatewayMetrics } from '../gateway-metrics.js';
import type { ChainMeter } from '../limits/chain-meter.js';
import type { FairTurns } from '../limits/fair-turns.js';
import type { Excess } from '../limits/rate-meter.js';
import { bodyTooLarge } from '../proxy/body-limit.js';
import type { Caller } from '../routes/caller.js';
import type { RouteTable } from '../routes/route-table.js';
import { closeFrame, encodeFrame, type FrameFault, Opcode } from './frame.js';
import { FrameStream } from './frame-stream.js';
import { ownHandshake, relayedHandshake } from './handshake.js';
import { ParkedClient } from './parked-client.js';
import type { Upgraded, Upgrader } from './upgrader.js';

export interface LinkModules {
  readonly access: Access;
  readonly upgrader: Upgrader;
  readonly routes: RouteTable;
  readonly meter: () => ChainMeter;
  readonly turns: FairTurns;
  readonly metrics: GatewayMetrics;
  readonly clock: Clock;
}

/** Payload of the ping by which a node that is going to stop asks for no more messages. */
const PARK = 'flotilla:park';
/** Begins the payload of a pong by which a node says what this connection's requests have cost, in microseconds. */
const COST = 'flotilla:cost:';
/** Code of the close frame by which it then says that it has answered all of them. */
const PARKED = 4001;
/** RFC 6455, section 7.4.1, and its registry. */
const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;
const MESSAGE_TOO_BIG = 1009;
const SERVICE_RESTART = 1012;
const TRY_AGAIN_LATER = 1013;

const LONGEST_PAUSE_MS = 1_000;
const WATCH_MS = 30_000;
const RETRY_MS = 1_000;
const PING_MS = 30_000;
/** A parked client that has not been heard of for so long is gone. */
const SILENCE_MS = 90_000;

/** Why a client's socket is not read. */
type Pause = 'limit' | 'backpressure' | 'full' | 'unread';

/**
 * One client's WebSocket. While its chain serves, bytes pass both ways, followed by their frames' headers only. When the
 * chain's process stops in good order the client stays, parked, and is joined to the next process under the same id.
 */
export class WebSocketLink {
  readonly #id = randomBytes(16).toString('hex');
  readonly #cancel = new AbortController();
  readonly #pauses = new Set<Pause>();
  #up = new FrameStream();
  #down = new FrameStream();
  #upstream: Duplex | undefined;
  /** What came from the chain and waits for its turn. */
  readonly #late: Buffer[] = [];
  #parked: ParkedClient | undefined;
  /** Payload of the ping that asks for no more messages, until it is answered. */
  #askedToPark: Buffer | undefined;
  #isRejoining = false;
  #isAnswering = false;
  #heardAt: number;
  #pingedAt: number;

  constructor(
    private readonly caller: Caller,
    private readonly request: IncomingMessage,
    private readonly client: Socket,
    private readonly modules: LinkModules,
  ) {
    this.#heardAt = this.#pingedAt = modules.clock.now();
    // An HTTP server's sockets stay half open otherwise.
    client.once('end', () => client.destroySoon());
    client.once('close', () => {
      this.#cancel.abort();
      this.#upstream?.destroy();
      this.#setParked(undefined);
    });
  }

  /** @throws GatewayError when there is nothing to join; the client's socket is then still open */
  async open(head: Buffer): Promise<void> {
    const { routes } = this.modules;
    if (routes.get(this.caller.chain)?.phase === 'Sleeping') {
      this.client.write(ownHandshake(this.request));
      this.#park();
    } else {
      const upgraded = await this.#upgrade();
      this.client.write(relayedHandshake(upgraded.answer));
      this.#join(upgraded);
    }
    this.client.on('data', (chunk: Buffer) => this.#fromClient(chunk));
    if (head.length > 0) this.#fromClient(head);
    this.#setParked(this.#parked);
  }

  /** To be called every second or so. */
  sweep(): void {
    this.#shutOut();
    const now = this.modules.clock.now();
    if (this.#parked === undefined || now - this.#pingedAt < PING_MS) return;
    this.#pingedAt = now;
    if (now - this.#heardAt > SILENCE_MS) this.client.destroy();
    else this.client.write(encodeFrame(Opcode.Ping, Buffer.alloc(0), 'server'));
  }

  destroy(): void {
    this.client.destroy();
  }

  /** A key that was good when the client came may have been revoked since. */
  #shutOut(): void {
    const { access, routes } = this.modules;
    const { chain, keyHash } = this.caller;
    const route = routes.get(chain);
    const refusal = route && access.refusal(route, keyHash);
    if (refusal === undefined || refusal.retryable || this.client.writableEnded) return;
    this.#end(POLICY_VIOLATION, 'the key is good no more');
    this.client.destroySoon();
  }

  #upgrade(): Promise<Upgraded> {
    const { caller, request } = this;
    return this.modules.upgrader.open(caller, request.headers, this.#id, this.#cancel.signal);
  }

  #join({ socket, head }: Upgraded): void {
    this.#up = new FrameStream();
    this.#down = new FrameStream();
    this.#upstream = socket;
    socket.on('data', (chunk: Buffer) => this.#inTurn(socket, chunk));
    socket.on('drain', () => this.#release('backpressure'));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      // A process that ends without a word takes what it was asked along: the client must know.
      if (this.#upstream === socket) this.client.destroySoon();
    });
    if (head.length > 0) this.#fromUpstream(head);
  }

  #fromClient(chunk: Buffer): void {
    // Whoever was told goodbye is not listened to any more.
    if (this.client.writableEnded) return;
    this.#heardAt = this.modules.clock.now();
    if (this.#parked !== undefined) this.#collect(chunk);
    else this.#passUp(chunk);
    this.#count(chunk.length, this.#up.takeMessages());
  }

  #passUp(chunk: Buffer): void {
    const max = this.modules.meter().maxBodyBytes;
    const pieces = this.#up.push(chunk, () => false, max);
    if (typeof pieces === 'string') {
      this.#refuse(pieces, max);
      return;
    }
    for (const piece of pieces) {
      if (this.#upstream?.write(piece) === false) this.#pause('backpressure');
    }
    if (this.#askedToPark !== undefined) this.#stopPassing(this.#askedToPark);
  }

  /** A block is news for all subscribers of a chain at once: what their sockets bring takes turns with other chains. */
  #inTurn(socket: Duplex, chunk: Buffer): void {
    const { turns } = this.modules;
    if (this.#late.length > 0) {
      this.#late.push(chunk);
      return;
    }
    const turn = turns.enter(this.caller.chain);
    if (turn === undefined) {
      this.#fromUpstream(chunk);
      return;
    }
    this.#late.push(chunk);
    socket.pause();
    void turn.then(() => {
      for (const late of this.#late.splice(0)) this.#fromUpstream(late);
      if (!this.client.writableNeedDrain) socket.resume();
    });
  }

  #fromUpstream(chunk: Buffer): void {
    const upstream = this.#upstream;
    const pieces = this.#down.push(chunk, (opcode, payload) => this.#isForUs(opcode, payload));
    // What a chain says that is no frame is its own affair.
    for (const piece of typeof pieces === 'string' ? [] : pieces) {
      if (this.client.write(piece)) continue;
      upstream?.pause();
      this.client.once('drain', () => upstream?.resume());
    }
    this.#count(chunk.length, 0);
  }

  #isForUs(opcode: number, payload: Buffer): boolean {
    if (opcode === Opcode.Ping && payload.toString() === PARK) {
      this.#stopPassing(payload);
      return true;
    }
    if (opcode === Opcode.Pong && payload.toString('latin1').startsWith(COST)) {
      const { meter, clock } = this.modules;
      const micros = Number(payload.subarray(COST.length));
      if (micros > 0) meter().debitCompute(this.caller.client, micros, clock.now());
      return true;
    }
    const isFarewell = opcode === Opcode.Close && payload.length >= 2;
    if (!isFarewell || payload.readUInt16BE(0) !== PARKED) return false;
    const upstream = this.#upstream;
    this.#upstream = undefined;
    upstream?.end(encodeFrame(Opcode.Close, payload, 'client'));
    // In the middle of a message there is no way to begin again.
    if (this.#parked === undefined) this.#end(SERVICE_RESTART, 'the chain restarts');
    else this.#parkedForGood();
    return true;
  }

  /** From the next message on nothing is passed on; all before it has been, so the node may count on that. */
  #stopPassing(payload: Buffer): void {
    this.#askedToPark = payload;
    if (!this.#up.isBetweenMessages || this.#parked !== undefined) return;
    this.#askedToPark = undefined;
    this.#upstream?.write(encodeFrame(Opcode.Pong, payload, 'client'));
    const rest = this.#up.takeCarry();
    this.#setParked(new ParkedClient(this.caller.chain, this.modules.routes));
    if (rest.length > 0) this.#collect(rest);
  }

  #park(): void {
    this.#parked = new ParkedClient(this.caller.chain, this.modules.routes);
    this.#parkedForGood();
  }

  #parkedForGood(): void {
    void this.#answerParked();
    void this.#watch();
  }

  #collect(chunk: Buffer): void {
    const parked = this.#parked!;
    parked.add(chunk);
    if (parked.isFull) this.#pause('full');
    void this.#answerParked();
  }

  /** Looks at what a parked client has sent, one message after the other, in turn with other chains. */
  async #answerParked(): Promise<void> {
    if (this.#isAnswering) return;
    this.#isAnswering = true;
    try {
      do {
        const turn = this.modules.turns.enter(this.caller.chain);
        if (turn !== undefined) await turn;
      } while (this.#answerNext());
    } finally {
      this.#isAnswering = false;
    }
  }

  /** False when there is nothing to do until something happens, which calls `answerParked` again. */
  #answerNext(): boolean {
    const { client } = this;
    const parked = this.#parked;
    if (parked === undefined || client.writableEnded || this.#pauses.has('limit')) return false;
    if (client.writableNeedDrain) {
      this.#waitUntilRead();
      return false;
    }
    const max = this.modules.meter().maxBodyBytes;
    // While the node still answers what it has, its answers come first.
    const step = parked.next(this.#upstream === undefined, max);
    if (typeof step === 'string') this.#refuse(step, max);
    if (step === undefined) this.#leaveParked(parked);
    if (step === undefined || typeof step === 'string') return false;
    const { reply, messages, isLast } = step;
    if (reply !== undefined) client.write(reply);
    if (isLast) client.end();
    this.#count(reply?.length ?? 0, messages);
    return true;
  }

  /** Who doesn't read its answers is not listened to. */
  #waitUntilRead(): void {
    if (this.#pauses.has('unread')) return;
    this.#pause('unread');
    this.client.once('drain', () => {
      this.#release('unread');
      void this.#answerParked();
    });
  }

  /** Nothing that is there can be answered here. */
  #leaveParked(parked: ParkedClient): void {
    if (!parked.isWaiting && !parked.isFull) this.#release('full');
    else if (this.#upstream === undefined) void this.#rejoin();
  }

  /** Joined again as soon as the chain serves, whoever woke it: there may be news for its subscriptions. */
  async #watch(): Promise<void> {
    const { routes } = this.modules;
    const { chain } = this.caller;
    while (this.#parked !== undefined && !this.#cancel.signal.aborted) {
      const route = routes.get(chain);
      if (route === undefined) return this.#end(GOING_AWAY, 'the chain is gone');
      const isServing = route.phase === 'Running' && route.rpcUrl !== undefined;
      if (isServing) await this.#rejoin();
      if (this.#parked === undefined) return;
      await routes.changed(chain, isServing ? RETRY_MS : WATCH_MS, this.#cancel.signal);
    }
  }

  /** Wakes the chain if need be. What can't be passed on after all is answered with the reason. */
  async #rejoin(): Promise<void> {
    if (this.#isRejoining) return;
    this.#isRejoining = true;
    try {
      const upgraded = await this.#upgrade();
      const parked = this.#parked!;
      this.#setParked(undefined);
      this.#join(upgraded);
      this.#passUp(parked.take());
      this.#count(0, this.#up.takeMessages());
    } catch (error) {
      if (this.#cancel.signal.aborted) return;
      this.#refuseParked(asGatewayError(error));
    } finally {
      this.#isRejoining = false;
      if (this.#parked === undefined) this.#release('full');
      else void this.#answerParked();
    }
  }

  /** Answers what waits. Of a message that is too long to be kept there is no end to wait for. */
  #refuseParked(error: GatewayError): void {
    const parked = this.#parked;
    if (parked === undefined) return;
    const answers = parked.refuse(error);
    for (const answer of answers) this.client.write(answer);
    this.#count(0, answers.length);
    if (!parked.isTooLong) return;
    this.#say(error);
    this.#end(TRY_AGAIN_LATER, 'nobody is there to take so much');
    this.client.destroySoon();
  }

  #setParked(parked: ParkedClient | undefined): void {
    const change = Number(parked !== undefined) - Number(this.#parked !== undefined);
    this.#parked = parked;
    if (change !== 0) this.modules.metrics.parked(this.caller.chain, change as 1 | -1);
  }

  #end(code: number, reason: string): void {
    this.client.end(closeFrame(code, reason));
  }

  /** The chain may have the beginning already: there is no way to go on. */
  #refuse(fault: FrameFault, maxBytes: number): void {
    if (fault === 'malformed') {
      this.client.destroy();
      return;
    }
    this.modules.metrics.refused(this.caller.chain, 'bodyBytes');
    this.#say(bodyTooLarge(maxBytes));
    this.#end(MESSAGE_TOO_BIG, 'message too big');
    this.client.destroySoon();
  }

  #say(error: GatewayError): void {
    if (!this.#down.isBetweenMessages) return;
    this.client.write(encodeFrame(Opcode.Text, Buffer.from(error.toJsonRpc()), 'server'));
  }

  #count(bytes: number, messages: number): void {
    const { meter, metrics, clock } = this.modules;
    const { chain, client } = this.caller;
    const limits = meter();
    const now = clock.now();
    metrics.bytes(chain, bytes);
    limits.debitBytes(client, bytes, now);
    if (messages > 0) limits.debitMessages(client, messages, now);
    const excess = limits.excess(client, now);
    if (excess !== undefined && !this.#pauses.has('limit')) this.#slowDown(excess);
  }

  /** Reads no more until nothing is owed, and says so; what was sent is late, not lost. */
  #slowDown(excess: Excess): void {
    this.modules.metrics.refused(this.caller.chain, excess.limit);
    this.#say(overLimit(excess));
    this.#pause('limit');
    this.#resumeLater(excess);
  }

  #resumeLater({ retryAfterMs }: Excess): void {
    const { clock, meter } = this.modules;
    clock.after(Math.min(retryAfterMs, LONGEST_PAUSE_MS), () => {
      const excess = meter().excess(this.caller.client, clock.now());
      if (excess === undefined || this.client.destroyed) this.#release('limit');
      else this.#resumeLater(excess);
    });
  }

  #pause(reason: Pause): void {
    this.#pauses.add(reason);
    this.client.pause();
  }

  #release(reason: Pause): void {
    this.#pauses.delete(reason);
    if (this.#pauses.size === 0) this.client.resume();
    if (reason === 'limit') void this.#answerParked();
  }
}

function asGatewayError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  const options = { cause: error, retryable: true };
  return new GatewayError(GatewayErrorCode.UpstreamFailed, 'the chain was not reached', options);
}
