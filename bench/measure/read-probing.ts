import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ProbeOptions, ProbeResult, Stop } from './read-question.js';
import type { Window } from './window.js';

/** Reads beside the load, asked and timed by a process of their own: this one is busy sending. */
export class ReadProbing {
  private constructor(
    private readonly probe: ChildProcess,
    private readonly sink: ChildProcess,
  ) {}

  static async start(options: ProbeOptions): Promise<ReadProbing> {
    const sink = startProgram(new URL('./read-sink.ts', import.meta.url));
    const sinkUrl = await messageOf(sink);
    const probe = startProgram(new URL('./read-probe.ts', import.meta.url));
    await messageOf(probe);
    probe.send({ options, sinkUrl });
    return new ReadProbing(probe, sink);
  }

  /** What was due in that window counts. */
  async stop(window: Window): Promise<ProbeResult> {
    this.probe.send({ window } satisfies Stop);
    const result = await messageOf<ProbeResult>(this.probe);
    this.probe.disconnect();
    this.sink.disconnect();
    return result;
  }
}

/** It leads a session, and ends when it is disconnected, so with this process at the latest. */
function startProgram(file: URL): ChildProcess {
  return fork(fileURLToPath(file), { detached: true });
}

async function messageOf<Message>(child: ChildProcess): Promise<Message> {
  const died = once(child, 'exit').then(([code]) => {
    throw new Error(`a process of the probe ended with code ${code}`);
  });
  const [message] = await Promise.race([once(child, 'message'), died]);
  return message;
}
