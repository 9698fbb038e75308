import { loadResult } from '../testing/load-result.js';
import { drawBarChart } from './bar-chart.js';
import { faultsOf, roundLine, summarize, type ThroughputRound } from './throughput-report.js';
import { throughputTable } from './throughput-table.js';
import { throughputVerdicts } from './throughput-verdicts.js';

const workload = { name: 'transfers', title: 'Transfers' };
const flotilla = { name: 'flotilla', title: 'Flotilla' };
const anvil = { name: 'anvil', title: 'anvil' };
const flotillaRound = {
  workload: 'transfers',
  peer: 'flotilla',
  round: 0,
  inFlight: 10,
  result: loadResult(100),
};

describe('throughput report', () => {
  const rounds = [300, 100, 200].flatMap((speed, round) => [
    { workload: 'transfers', peer: 'flotilla', round, inFlight: 10, result: loadResult(speed) },
    { workload: 'transfers', peer: 'anvil', round, inFlight: 10, result: loadResult(speed / 2) },
  ]);

  it('takes medians, and the ratio round by round', () => {
    const [summary] = summarize(rounds, [workload], [flotilla, anvil]);
    expect(summary.peers.map((peer) => peer.transactionsPerSecond)).toEqual([200, 100]);
    expect(summary.peers.map((peer) => peer.flotillaRatio)).toEqual([1, 2]);
    expect(throughputTable([summary])).toContain('2.00×');
  });

  it('does without peers that were left out', () => {
    const [summary] = summarize(
      rounds.filter((round) => round.peer === 'anvil'),
      [workload],
      [anvil],
    );
    expect(throughputTable([summary])).toContain('–');
  });

  it('pairs the rounds that both finished, and counts those that a peer stalled in', () => {
    const broken = rounds.map((each) =>
      each.peer === 'anvil' && each.round === 0
        ? { ...each, result: undefined, stalled: 'no transaction mined for 20 s' }
        : each.peer === 'anvil' && each.round === 1
          ? { ...each, result: loadResult(25) }
          : each,
    );
    const [summary] = summarize(broken, [workload], [flotilla, anvil]);
    expect(summary.peers[1]).toMatchObject({ rounds: 2, stalled: 1, flotillaRatio: 3 });
    expect(throughputTable([summary])).toContain('1 of 3');
    expect(roundLine(broken[1])).toBe(
      'transfers round 1 anvil: STALLED: no transaction mined for 20 s',
    );
  });

  it('names every fault', () => {
    expect(faultsOf(loadResult(1))).toEqual([]);
    const faulty = { ...loadResult(1), missing: 2, failed: 1, errors: { '-32000 nope': 3 } };
    expect(faultsOf(faulty)).toEqual(['2 not mined', '1 failed', '3 × -32000 nope']);
  });
});

describe('verdicts on throughput', () => {
  const promised = (workload: string, peer: string, ratio: number, fault = {}) => {
    const rounds = [0, 1, 2].flatMap((round) => [
      { workload, peer: 'flotilla', round, inFlight: 10, result: loadResult(ratio * 100) },
      { workload, peer, round, inFlight: 10, result: { ...loadResult(100), ...fault } },
    ]);
    const titled = (name: string) => ({ name, title: name });
    const summaries = summarize(rounds, [titled(workload)], [flotilla, titled(peer)]);
    return throughputVerdicts(summaries, rounds).map(({ measured, holds }) => [measured, holds]);
  };

  it.each<[string, string, number, unknown[]]>([
    ['transfers', 'anvil', 1.3, [['1.30×', true]]],
    ['erc20', 'anvil', 1.29, [['1.29×', false]]],
    ['compute', 'anvil', 0.5, []],
    ['compute', 'hardhat', 5, [['5.00×', true]]],
    ['game', 'hardhat', 4.9, [['4.90×', false]]],
  ])('%s against %s at %d×', (workload, peer, ratio, expected) => {
    expect(promised(workload, peer, ratio)).toEqual([...expected, ['all', true]]);
  });

  it.each<[string, string, unknown[]]>([
    ['anvil', 'no round that both finished', ['all', true]],
    ['flotilla', 'no round that both finished', [expect.stringContaining('it hangs'), false]],
  ])('is broken when %s never finishes a round', (who, measured, faults) => {
    const rounds: ThroughputRound[] = ['flotilla', 'anvil'].map((peer) => ({
      workload: 'transfers',
      peer,
      round: 0,
      inFlight: 10,
      ...(peer === who ? { stalled: 'it hangs' } : { result: loadResult(100) }),
    }));
    const verdicts = throughputVerdicts(summarize(rounds, [workload], [flotilla, anvil]), rounds);
    expect(verdicts.map((verdict) => [verdict.measured, verdict.holds])).toEqual([
      [measured, false],
      faults,
    ]);
  });

  it('says when a peer got less in flight than we did', () => {
    const rounds: ThroughputRound[] = [
      { ...flotillaRound, inFlight: 16_000 },
      { ...flotillaRound, peer: 'anvil', inFlight: 5_000 },
    ];
    const [verdict] = throughputVerdicts(summarize(rounds, [workload], [flotilla, anvil]), rounds);
    expect(verdict.measured).toContain('no more than 5000 in flight');
  });

  it('is broken by what got lost', () => {
    const lost = ['transfers round 1 anvil: 1 not mined'];
    const verdicts = promised('transfers', 'anvil', 2, { missing: 1 });
    expect(verdicts.at(-1)).toEqual([expect.stringContaining(lost[0]), false]);
  });
});

describe('bar chart', () => {
  const chartOf = (...values: readonly number[]) => ({
    title: 'a < b',
    subtitle: '',
    series: ['x'],
    groups: values.map((value) => ({ title: 'g', bars: [{ value, label: '' }] })),
    footnotes: [],
  });
  const widthsOf = (svg: string) =>
    [...svg.matchAll(/y="(?!74)\d+" width="([\d.]+)" height="16"/g)].map(([, width]) =>
      Number(width),
    );

  it('draws the longest bar of each group in full, and escapes what it writes', () => {
    const svg = drawBarChart(chartOf(1, 1_000));
    const [first, second] = widthsOf(svg);
    expect(first).toBe(second);
    expect(svg).toContain('a &#60; b');
  });

  it('draws what is within reach to one scale', () => {
    const [short, long, longest] = widthsOf(drawBarChart({ ...chartOf(1, 2, 1_000), reach: 4 }));
    expect([long / short, longest / short]).toEqual([2, 4]);
  });
});
