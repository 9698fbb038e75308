import { AutoscalePolicy, type ChainLoad, type ScaleDecision } from './autoscale-policy.js';

const bounds = { workers: { min: 3, max: 5 }, replicas: { min: 0, max: 2 } };
const idle: ChainLoad = { cpuShare: 0.02, queueDepth: 0, readP99Ms: 1 };
const busy: ChainLoad = { cpuShare: 0.95, queueDepth: 0, readP99Ms: 20 };

/** Runs a load curve, a sample every two seconds; what was decided, with when. */
function run(seconds: number, curve: (second: number, replicas: number) => ChainLoad) {
  const policy = new AutoscalePolicy();
  const decisions: (ScaleDecision & { readonly at: number })[] = [];
  let scale = { workers: 3, replicas: 0 };
  for (let second = 0; second < seconds; second += 2) {
    const load = curve(second, scale.replicas);
    const decision = policy.decide('shop', scale, bounds, load, 1_000 * second);
    if (decision === undefined) continue;
    decisions.push({ ...decision, at: second });
    scale = decision.scale;
  }
  return { decisions, scale };
}

describe('AutoscalePolicy', () => {
  it('brings replicas up under a flood, one after the other, and down again when it is over', () => {
    const flood = (second: number, replicas: number) =>
      second < 120 ? { ...busy, cpuShare: Math.min(1, 2.4 / (replicas + 1)) } : idle;
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
      { workers: 4, replicas: 0 },
      { workers: 5, replicas: 0 },
      { workers: 5, replicas: 1 },
      { workers: 5, replicas: 2 },
    ]);
    expect(decisions[0].reason).toBe('50 calls wait for 3 workers');
  });

  it('answers no spike, and does not swing', () => {
    expect(run(600, (second) => (second % 10 < 4 ? busy : idle)).decisions).toEqual([]);
    // What two carry at 60 %, one would carry at 120 %.
    const steady = (_: number, replicas: number) => ({ ...idle, cpuShare: 1.2 / (replicas + 1) });
    expect(run(1_200, steady).decisions.map(({ scale }) => scale.replicas)).toEqual([1]);
  });

  it('stays within the bounds', () => {
    expect(run(1_200, () => busy).scale.replicas).toBe(2);
    expect(run(1_200, () => idle).scale).toEqual({ workers: 3, replicas: 0 });
  });
});
