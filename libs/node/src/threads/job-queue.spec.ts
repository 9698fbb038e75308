import { JobQueue } from './job-queue.js';

function queueOf(...jobs: string[]) {
  const queue = new JobQueue<{ owner: string; name: string }>();
  for (const name of jobs) queue.push({ owner: name[0], name });
  const names = (mayHave?: (owner: unknown) => boolean) => {
    const taken: string[] = [];
    for (let job = queue.shift(mayHave); job; job = queue.shift(mayHave)) taken.push(job.name);
    return taken;
  };
  return { queue, names };
}

describe('JobQueue', () => {
  it('lets owners take turns, each in its own order', () => {
    const { queue, names } = queueOf('a1', 'a2', 'a3', 'b1', 'c1', 'c2');
    expect(queue.size).toBe(6);
    expect(names()).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
    expect(queue.size).toBe(0);
  });

  it('passes over those who may not have one now', () => {
    const { queue, names } = queueOf('a1', 'b1', 'a2');
    expect(queue.count((owner) => owner !== 'a')).toBe(1);
    expect(names((owner) => owner !== 'a')).toEqual(['b1']);
    expect(names()).toEqual(['a1', 'a2']);
  });

  it('gives up the newest of whoever has most', () => {
    const { queue, names } = queueOf('a1', 'b1', 'b2', 'b3', 'c1');
    expect(queue.popLongest(3)).toBeUndefined();
    expect(queue.popLongest(2)).toMatchObject({ name: 'b3' });
    expect(queue.sizeOf('b')).toBe(2);
    expect(queue.clear().map(({ name }) => name)).toEqual(['a1', 'b1', 'b2', 'c1']);
    expect(names()).toEqual([]);
  });
});
