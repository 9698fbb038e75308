import { systemClock } from '@flotilla/common';
import type { Channel, SpawnThread } from '../thread.js';
import { Ingress, type IngressOptions } from './ingress.js';
import type { ToIngress } from './messages.js';

/** The ingress thread: everything between the sockets and the writer. */
export async function run(
  options: IngressOptions,
  channel: Channel,
  spawn: SpawnThread,
): Promise<void> {
  const ingress = new Ingress(options, { channel, spawn, clock: systemClock });
  const closed = new Promise<void>((resolve) => {
    channel.listen((message: ToIngress) => {
      if (message.kind === 'close') resolve();
      else ingress.receive(message);
    });
  });
  await ingress.start();
  await closed;
  await ingress.stop();
}
