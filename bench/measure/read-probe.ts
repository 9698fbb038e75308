import { once } from 'node:events';
import { getPriority } from 'node:os';
import { setProcessNice } from '@flotilla/runtime-drivers';
import { BlockClock } from './block-clock.js';
import { OpenLoop } from './open-loop.js';
import { AHEAD } from './priority.js';
import type { ProbeOptions, ProbeResult, Question, Stop } from './read-question.js';

/** How often the newest block's number is asked, for questions about the last so many. */
const HEAD_PER_SECOND = 5;
const SINK: Question = { title: 'sink', method: 'eth_chainId', params: [], perSecond: 25 };

setProcessNice(process.pid, AHEAD);
const nice = getPriority();
process.once('disconnect', () => process.exit());
process.send!('ready');
const [{ options, sinkUrl }] = (await once(process, 'message')) as [
  { options: ProbeOptions; sinkUrl: string },
];
const url = new URL(options.url);

let head = 0;
const watch = new OpenLoop(
  url,
  { title: 'head', method: 'eth_blockNumber', params: [], perSecond: HEAD_PER_SECOND },
  { onAnswer: (result) => (head = Number(result)) },
);
const reads = options.questions.map(
  (question) => new OpenLoop(url, question, { head: () => head }),
);
const sink = new OpenLoop(new URL(sinkUrl), SINK);
const loops = [watch, ...reads, sink];

const clock = await BlockClock.start(url);

// Spread out: what is due at the same moment would wait for each other.
for (const [i, loop] of loops.entries()) loop.start((i + 1) / loops.length);

const [{ window }] = (await once(process, 'message')) as [Stop];
await Promise.all(loops.map((loop) => loop.stop()));
clock.stop();
const result: ProbeResult = {
  reads: Object.fromEntries(
    options.questions.map(({ title }, i) => [title, reads[i].report(window)]),
  ),
  sink: sink.report(window),
  blocks: clock.blocks.map(({ arrivedAt }) => performance.timeOrigin + arrivedAt),
  nice,
};
process.send!(result);
