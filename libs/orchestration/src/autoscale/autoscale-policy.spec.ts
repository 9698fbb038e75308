import {
  AutoscalePolicy,
  type ChainLoad,
  type Scale,
  type ScaleBounds,
  type ScaleDecision,
} from './autoscale-policy.js';

const bounds: ScaleBounds = {
  workers: { min: 3, max: 5 },
  replicas: { min: 0, max: 2 },
  sizes: ['small'],
};
const alone: Scale = { workers: 3, replicas: 0, size: 'small' };
const load = (cpuShare: number, change: Partial<ChainLoad> = {}): ChainLoad => ({
  ...{ cpuShare, cpuShareIfSmaller: cpuShare, queueDepth: 0, readP99Ms: 1 },
  ...change,
});
const idle = load(0.02);
const busy = load(0.95, { readP99Ms: 20 });

/** Runs a load curve, a sample every two seconds; what was decided, with when. */
function run(
  seconds: number,
  curve: (second: number, replicas: number, scale: Scale) => ChainLoad,
  within = bounds,
) {
  const policy = new AutoscalePolicy();
  const decisions: (ScaleDecision & { readonly at: number })[] = [];
  let scale = alone;
  for (let second = 0; second < seconds; second += 2) {
    const now = curve(second, scale.replicas, scale);
    const decision = policy.decide('shop', scale, within, now, 1_000 * second);
    if (decision === undefined) continue;
    decisions.push({ ...decision, at: second });
    scale = decision.scale;
  }
  return { decisions, scale };
}

describe('AutoscalePolicy', () => {
  it('brings replicas up under a flood, one after the other, and down again when it is over', () => {
    const flood = (second: number, replicas: number) =>
      second < 120 ? load(Math.min(1, 2.4 / (replicas + 1))) : idle;
    const { decisions } = run(600, flood);
    expect(decisions.map(({ scale }) => scale.replicas)).toEqual([1, 2, 1, 0]);
    const [first, second, third, fourth] = decisions.map(({ at }) => at);
    expect(first).toBeLessThanOrEqual(10);
    expect(second - first).toBeGreaterThanOrEqual(15);
    expect(third).toBeGreaterThanOrEqual(180);
    expect(fourth - third).toBeGreaterThanOrEqual(60);
    expect(decisions[0].reason).toBe('CPU at 100 % of its limit');
    expect(decisions[2].reason).toBe('quiet for 60 s');
  });

  it('takes more workers first where calls wait, and replicas when there are no more', () => {
    const { decisions } = run(120, () => ({ ...busy, queueDepth: 50 }));
    expect(decisions.map(({ scale }) => scale)).toEqual([
      { ...alone, workers: 4, replicas: 0 },
      { ...alone, workers: 5, replicas: 0 },
      { ...alone, workers: 5, replicas: 1 },
      { ...alone, workers: 5, replicas: 2 },
    ]);
    expect(decisions[0].reason).toBe('50 calls wait for 3 workers');
  });

  it('answers no spike, and does not swing', () => {
    expect(run(600, (second) => (second % 10 < 4 ? busy : idle)).decisions).toEqual([]);
    // What two carry at 60 %, one would carry at 120 %.
    const steady = (_: number, replicas: number) => load(1.2 / (replicas + 1));
    expect(run(1_200, steady).decisions.map(({ scale }) => scale.replicas)).toEqual([1]);
  });

  it('stays within the bounds', () => {
    expect(run(1_200, () => busy).scale.replicas).toBe(2);
    expect(run(1_200, () => idle).scale).toEqual(alone);
  });

  it('grows in size when workers and replicas are at their most, and shrinks to its owner`s size first', () => {
    const within: ScaleBounds = {
      workers: { min: 3, max: 4 },
      replicas: { min: 0, max: 1 },
      sizes: ['small', 'medium', 'large'],
    };
    const flood = (second: number) => (second < 120 ? load(0.95, { queueDepth: 50 }) : idle);
    const { decisions } = run(900, flood, within);
    expect(decisions.map(({ scale }) => [scale.workers, scale.replicas, scale.size])).toEqual([
      [4, 0, 'small'],
      [4, 1, 'small'],
      [4, 1, 'medium'],
      [4, 1, 'large'],
      [4, 1, 'medium'],
      [4, 1, 'small'],
      [4, 0, 'small'],
      [3, 0, 'small'],
    ]);
    expect(decisions[2].reason).toBe('50 calls wait for 4 workers');
    expect(decisions[4].at).toBeGreaterThanOrEqual(180);
  });

  it('stays in the size without which it would be busy', () => {
    const within = { ...bounds, replicas: { min: 0, max: 0 }, sizes: ['small', 'medium'] as const };
    // What fills 35 % of a medium one fills 70 % of a small one.
    const curve = (second: number, _: number, { size }: Scale) => {
      const ofSmall = second < 60 ? 1 : 0.7;
      return size === 'small' ? load(ofSmall) : load(ofSmall / 2, { cpuShareIfSmaller: ofSmall });
    };
    expect(run(1_200, curve, within).scale.size).toBe('medium');
  });

  it('brings up replicas that are asked for at once, and again after a while where there was no room', () => {
    const policy = new AutoscalePolicy();
    const least = { ...bounds, replicas: { min: 2, max: 2 } };
    const ask = (scale: Scale, second: number) =>
      policy.decide('shop', scale, least, idle, 1_000 * second)?.scale.replicas;
    expect(ask(alone, 0)).toBe(1);
    expect(ask({ ...alone, replicas: 1 }, 2)).toBe(2);
    policy.refused('shop', 2_000);
    expect(ask({ ...alone, replicas: 1 }, 4)).toBeUndefined();
    expect(ask({ ...alone, replicas: 1 }, 16)).toBeUndefined();
    expect(ask({ ...alone, replicas: 1 }, 17)).toBe(2);
    expect(ask({ ...alone, replicas: 2 }, 19)).toBeUndefined();
  });
});
