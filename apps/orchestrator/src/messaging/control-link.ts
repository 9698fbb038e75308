import { readFile } from 'node:fs/promises';
import type { Logger } from '@flotilla/common';
import {
  AccountIssuer,
  connectMessaging,
  controlCreds,
  ensureStreams,
  type Messaging,
  parseOperatorKeys,
  systemCreds,
} from '@flotilla/messaging';

export interface ControlLinkOptions {
  readonly url: string;
  readonly credsFile: string | undefined;
  readonly operatorFile: string | undefined;
}

/** The control plane's connections to NATS; they come and go without anybody waiting for them. */
export interface ControlLink {
  readonly control: Messaging;
  /** Only where the server is in our operator mode. */
  readonly accounts: { readonly issuer: AccountIssuer; readonly system: Messaging } | undefined;
  /** Runs now if connected, and again after each reconnect of the accounts' connection. */
  onSystemConnected(refill: () => Promise<void>): void;
  close(): Promise<void>;
}

/** @throws MessagingError `NATS_INVALID_OPERATOR` */
export async function openControlLink(
  options: ControlLinkOptions,
  logger: Logger,
): Promise<ControlLink> {
  const keys = options.operatorFile
    ? parseOperatorKeys(await readFile(options.operatorFile, 'utf8'))
    : undefined;
  let refill: () => Promise<void> = async () => {};
  const common = { url: options.url, logger, background: true };
  const control = await connectMessaging({
    ...common,
    name: 'orchestrator',
    ...(keys ? { creds: await controlCreds(keys) } : {}),
    ...(!keys && options.credsFile ? { credsFile: options.credsFile } : {}),
    onConnected: (messaging) => ensureStreams(messaging),
  });
  if (!keys) {
    return { control, accounts: undefined, onSystemConnected() {}, close: () => control.close() };
  }
  const system = await connectMessaging({
    ...common,
    name: 'orchestrator-accounts',
    creds: await systemCreds(keys),
    onConnected: () => refill(),
  });
  return {
    control,
    accounts: { issuer: new AccountIssuer({ keys }), system },
    onSystemConnected(run) {
      refill = run;
      if (system.connected) void run();
    },
    close: async () => {
      await Promise.all([control.close(), system.close()]);
    },
  };
}
