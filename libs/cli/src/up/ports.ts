import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { UpError, UpErrorCode } from './errors.js';

/** Below the ports that systems give out for outgoing connections, which would take ours now and then. */
const FIRST_INTERNAL = 20_000;
const LAST_INTERNAL = 32_000;
const LAST_PORT = 65_535;

export function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once('error', () => resolve(false));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/** For a process that only we talk to: the one it had, else any free one. */
export async function internalPort(remembered: number | undefined): Promise<number> {
  if (remembered !== undefined && (await isFree(remembered))) return remembered;
  for (;;) {
    const port = randomInt(FIRST_INTERNAL, LAST_INTERNAL);
    if (await isFree(port)) return port;
  }
}

export interface PublicPort {
  readonly port: number;
  /** The default that was taken, when it was. */
  readonly instead?: number;
}

export interface PublicPortRequest {
  /** The variable that chooses it, for the message. */
  readonly variable: string;
  readonly chosen: number | undefined;
  readonly byDefault: number;
  readonly host: string;
  /** Ports that are as good as taken. */
  readonly except: readonly number[];
}

/** A taken default gives the next free port; a taken choice is an error. @throws UpError `PORT_TAKEN` */
export async function publicPort(request: PublicPortRequest): Promise<PublicPort> {
  const { variable, chosen, byDefault, host, except } = request;
  if (chosen !== undefined) {
    if (!except.includes(chosen) && (await isFree(chosen, host))) return { port: chosen };
    throw new UpError(
      UpErrorCode.PortTaken,
      `port ${chosen} is taken by another program; stop it, or set ${variable} to another port`,
    );
  }
  for (let port = byDefault; port <= LAST_PORT; port++) {
    if (except.includes(port) || !(await isFree(port, host))) continue;
    return port === byDefault ? { port } : { port, instead: byDefault };
  }
  throw new UpError(UpErrorCode.PortTaken, `no free port from ${byDefault} on; set ${variable}`);
}
