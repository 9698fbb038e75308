import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, credsAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import type { Aim, Channel, Flood, Outcome, Target } from '../channel.js';
import { productOf } from '../product.js';

const PER_STRIKE = 50;
const PAYLOAD = new Uint8Array(1_024).fill(120);
const CONNECTIONS = 4;

/** Messages on the chain's own subjects, with the chain's own credentials. */
export const nats: Channel = {
  name: 'nats',
  title: "NATS with the chain's credentials",
  overRpc: false,
  isSilent: true,
  rate: 200,
  arm: async (target) => new NatsFlood(target),
};

class NatsFlood implements Flood {
  readonly #subject: string;
  readonly #servers: Readonly<Record<Aim, string>>;
  readonly #creds: Uint8Array;
  #connections: Promise<NatsConnection>[] = [];
  #aim: Aim | undefined;

  constructor(target: Target) {
    const { folder, chainName } = productOf(target);
    const { nats } = JSON.parse(readFileSync(join(folder, 'node.json'), 'utf8'));
    this.#creds = readFileSync(join(folder, 'nats.creds'));
    this.#servers = { chain: nats.url, sink: target.sink.natsUrl };
    this.#subject = `flotilla.v1.evt.${chainName}.flood.sent`;
  }

  async strike(n: number, aim: Aim): Promise<readonly Outcome[]> {
    const connection = await this.#connection(n, aim);
    for (let i = 0; i < PER_STRIKE; i++) connection.publish(this.#subject, PAYLOAD);
    await connection.flush();
    return Array.from({ length: PER_STRIKE }, () => ({ kind: 'served', reason: '' }));
  }

  async restore(): Promise<void> {
    for (const connection of this.#connections.splice(0)) {
      await connection.then((open) => open.close()).catch(() => {});
    }
  }

  async close(): Promise<void> {
    await this.restore();
  }

  #connection(n: number, aim: Aim): Promise<NatsConnection> {
    if (this.#aim !== aim) this.#connections = [];
    this.#aim = aim;
    const index = n % CONNECTIONS;
    this.#connections[index] ??= this.#connect(index, aim);
    return this.#connections[index];
  }

  /** One that fails is tried again by the next strike. */
  async #connect(index: number, aim: Aim): Promise<NatsConnection> {
    const connecting = connect({
      servers: this.#servers[aim],
      reconnect: false,
      ...(aim === 'chain' ? { authenticator: credsAuthenticator(this.#creds) } : {}),
    });
    connecting.catch(() => delete this.#connections[index]);
    return connecting;
  }
}
