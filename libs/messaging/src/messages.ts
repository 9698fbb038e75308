import type { z } from 'zod';
import {
  blockSealedSchema,
  chainWakeReplySchema,
  chainWakeSchema,
  checkpointAnchoredSchema,
  checkpointProposedSchema,
  checkpointProposeSchema,
  commandAckSchema,
  drainSchema,
  heartbeatSchema,
  keyChangedSchema,
  keysReplySchema,
  keysRequestSchema,
  limitsChangedSchema,
  limitsChangeSchema,
  routeSchema,
  routesFenceSchema,
  routesReplySchema,
  routesRequestSchema,
  routesSeenReplySchema,
  routesSeenSchema,
  settingsChangedSchema,
  settingsChangeSchema,
} from './message.schema.js';
import type { SubjectKind } from './subjects.js';

/** One kind of message: where it travels and what it carries. */
export interface MessageType<Data> {
  readonly kind: SubjectKind;
  readonly resource: string;
  readonly verb: string;
  readonly schema: z.ZodType<Data>;
}

export interface RequestType<Request, Reply> extends MessageType<Request> {
  readonly kind: 'rpc';
  readonly reply: z.ZodType<Reply>;
}

function message<Data>(
  kind: SubjectKind,
  resource: string,
  verb: string,
  schema: z.ZodType<Data>,
): MessageType<Data> {
  return { kind, resource, verb, schema };
}

/** Every message of v1. */
export const Messages = {
  /** Node → control plane, every second. */
  heartbeat: message('hb', 'node', 'beat', heartbeatSchema),
  /** Node → control plane through JetStream. */
  blockSealed: message('evt', 'block', 'sealed', blockSealedSchema),
  /** Node → relay, repeated until `checkpointAnchored` arrives. */
  checkpointProposed: message('evt', 'checkpoint', 'proposed', checkpointProposedSchema),
  /** Node → control plane, for every command. */
  commandAck: message('evt', 'cmd', 'ack', commandAckSchema),
  /** Relay → node. */
  checkpointAnchored: message('cmd', 'checkpoint', 'anchored', checkpointAnchoredSchema),
  /** Control plane → node: anchor now. */
  checkpointPropose: message('cmd', 'checkpoint', 'propose', checkpointProposeSchema),
  /** Control plane → node: fees, gas limit, token, allowlists; repeated until `settingsChanged` arrives. */
  settingsChange: message('cmd', 'settings', 'change', settingsChangeSchema),
  /** Node → control plane, for every `settingsChange`, also a repeated one. */
  settingsChanged: message('evt', 'settings', 'changed', settingsChangedSchema),
  /** Control plane → node: what it may take from now on; repeated until `limitsChanged` arrives. */
  limitsChange: message('cmd', 'limits', 'change', limitsChangeSchema),
  /** Node → control plane, for every `limitsChange`, also a repeated one. */
  limitsChanged: message('evt', 'limits', 'changed', limitsChangedSchema),
  /** Control plane → node: stop accepting, seal what is pending. */
  nodeDrain: message('cmd', 'node', 'drain', drainSchema),
  /** Control plane → gateway, with the chain token `control`. */
  routeChanged: message('evt', 'route', 'changed', routeSchema),
  /** Control plane → gateways: a key is new, or is good no more. */
  keyChanged: message('evt', 'key', 'changed', keyChangedSchema),
  /** Control plane → gateways: whoever reads this knows every route and key sent before, and says so by `routesSeen`. */
  routesFence: message('evt', 'routes', 'fence', routesFenceSchema),
} as const;

export const Requests = {
  /** Gateway → control plane, with the chain token `control`. */
  routesList: {
    kind: 'rpc',
    resource: 'routes',
    verb: 'list',
    schema: routesRequestSchema,
    reply: routesReplySchema,
  } satisfies RequestType<z.infer<typeof routesRequestSchema>, z.infer<typeof routesReplySchema>>,
  /** Gateway → control plane, with the chain token `control`: all keys that are not revoked. */
  keysList: {
    kind: 'rpc',
    resource: 'keys',
    verb: 'list',
    schema: keysRequestSchema,
    reply: keysReplySchema,
  } satisfies RequestType<z.infer<typeof keysRequestSchema>, z.infer<typeof keysReplySchema>>,
  /** Gateway → control plane, with the chain token `control`: the answer to a `routesFence`. */
  routesSeen: {
    kind: 'rpc',
    resource: 'routes',
    verb: 'seen',
    schema: routesSeenSchema,
    reply: routesSeenReplySchema,
  } satisfies RequestType<z.infer<typeof routesSeenSchema>, z.infer<typeof routesSeenReplySchema>>,
  /**
   * Gateway → control plane, with the chain token `control`: somebody needs a sleeping chain. Idempotent; answered
   * once it is written down, not once the chain serves. Fails with `CHAIN_NOT_FOUND` or `WRONG_PHASE`.
   */
  chainWake: {
    kind: 'rpc',
    resource: 'chain',
    verb: 'wake',
    schema: chainWakeSchema,
    reply: chainWakeReplySchema,
  } satisfies RequestType<z.infer<typeof chainWakeSchema>, z.infer<typeof chainWakeReplySchema>>,
} as const;
