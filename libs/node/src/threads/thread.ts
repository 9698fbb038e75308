/** One end of a connection between two threads. Messages arrive in order; what is posted is cloned. */
export interface Channel {
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  /** Messages that came before wait for the listener. */
  listen<Message>(handler: (message: Message) => void): void;
}

/** A thread, as the one that started it sees it. */
export interface Thread extends Channel {
  /** Once, when it has ended: undefined if it was asked to. */
  onEnd(handler: (error: Error | undefined) => void): void;
}

/** What a thread can be; each role has a module of its name that exports `run`. */
export type ThreadRole = 'ingress' | 'calls' | 'recovery';

/** Starts a thread. `options` are cloned; shared memory in them stays shared. */
export type SpawnThread = (role: ThreadRole, options: unknown) => Thread;

/** What a role's module exports: runs in the new thread until its work is over. */
export type ThreadMain = (
  options: never,
  channel: Channel,
  spawn: SpawnThread,
) => void | Promise<void>;
