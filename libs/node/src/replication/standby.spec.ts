import { SimulatedClock } from '@flotilla/testing';
import { type Pairing, Standby } from './standby.js';

function setup(promised: Uint8Array[] = []) {
  const clock = new SimulatedClock();
  const saved: Pairing[] = [];
  let epoch = 1;
  const standby = new Standby({
    pairing: { load: () => saved.at(-1), save: (pairing) => saved.push(pairing) },
    epoch: () => epoch,
    promised: () => promised,
    clock,
    onNews() {},
  });
  const hear = (record = 0, proposal = 0, isCaughtUp = true, head = 10) =>
    standby.heard({ head, isCaughtUp, record, proposal });
  const grant = (next: number) => {
    epoch = next;
  };
  return { standby, clock, saved, hear, grant };
}

const settled = async (promise: Promise<unknown>) => {
  let state = 'open';
  promise.then(
    () => {
      state = 'kept';
    },
    (error: { code: string }) => {
      state = error.code;
    },
  );
  for (let i = 0; i < 5; i++) await Promise.resolve();
  return state;
};

it('promises nothing before a follower has caught up and holds what was promised before', async () => {
  const { standby, hear, saved } = setup([Uint8Array.of(7)]);
  await expect(standby.keep(Uint8Array.of(1))).rejects.toMatchObject({ code: 'NO_FOLLOWER' });
  hear(0, 0, false);
  expect(standby.isLive).toBe(false);
  hear();
  expect(standby.records.map(({ bytes }) => bytes[0])).toEqual([7]);
  expect(standby.isLive).toBe(false);
  hear(1);
  expect(standby.isLive).toBe(true);
  expect(saved).toEqual([{ epoch: 1 }]);
});

it('keeps a promise once the follower has confirmed it', async () => {
  const { standby, hear } = setup();
  hear();
  const kept = standby.keep(Uint8Array.of(1));
  expect(await settled(kept)).toBe('open');
  hear(1);
  expect(await settled(kept)).toBe('kept');
});

it('commits alone until there is a pair, and never again in that epoch', async () => {
  const { standby, hear, clock, grant } = setup();
  expect(await settled(standby.confirm(1, Uint8Array.of(1)))).toBe('kept');
  hear();
  const confirmed = standby.confirm(2, Uint8Array.of(2));
  const lost = standby.keep(Uint8Array.of(3));
  lost.catch(() => {});
  await clock.advance(4_000);
  expect(await settled(lost)).toBe('FOLLOWER_LOST');
  expect(standby.isLive).toBe(false);
  expect(await settled(confirmed)).toBe('open');
  // It comes back, and holds the block that has waited for it.
  hear(0, 0);
  hear(0, standby.proposal?.number);
  expect(await settled(confirmed)).toBe('kept');
  grant(2);
  expect(await settled(standby.confirm(4, Uint8Array.of(4)))).toBe('kept');
});

it('lets a follower join only with the block that is being committed without it', async () => {
  const { standby, hear } = setup();
  await standby.confirm(11, Uint8Array.of(1));
  hear(0, 0, true, 10);
  expect([standby.isLive, standby.paired]).toEqual([false, false]);
  hear(0, 0, true, 11);
  expect([standby.isLive, standby.paired]).toEqual([true, true]);
});

it('believes nothing of a follower that has begun anew', async () => {
  const { standby, hear } = setup();
  hear();
  standby.restarted();
  expect(standby.isLive).toBe(false);
  hear(0, 0, false);
  await expect(standby.keep(Uint8Array.of(1))).rejects.toMatchObject({ code: 'NO_FOLLOWER' });
});

it('lets nobody wait when it closes', async () => {
  const { standby, hear } = setup();
  hear();
  const waiting = standby.confirm(1, Uint8Array.of(1));
  waiting.catch(() => {});
  standby.close();
  expect(await settled(waiting)).toBe('CLOSED');
});

it('is expected for a while by whoever begins to produce', async () => {
  const { standby, clock, hear } = setup();
  expect(standby.joining).toBeUndefined();
  standby.expect();
  const inVain = standby.joining!;
  expect(await settled(inVain)).toBe('open');
  await clock.advance(10_000);
  expect(await settled(inVain)).toBe('kept');
  expect(standby.joining).toBeUndefined();

  standby.expect();
  const waits = standby.joining!;
  expect(standby.joining).toBe(waits);
  hear();
  expect(await settled(waits)).toBe('kept');
  expect(standby.joining).toBeUndefined();
});

it('is waited for by nobody when the node stops', async () => {
  const { standby } = setup();
  standby.expect();
  const waits = standby.joining!;
  standby.expectNobody();
  expect(await settled(waits)).toBe('kept');
  expect(standby.joining).toBeUndefined();
});

it('that begins anew gets what it had not confirmed when it joins', async () => {
  const { standby, clock, hear } = setup([Uint8Array.of(7)]);
  hear();
  hear(1);
  const kept = standby.keep(Uint8Array.of(1));
  standby.restarted();
  expect(standby.isLive).toBe(false);
  expect(standby.records).toEqual([]);
  const joining = standby.joining!;
  hear(0);
  expect(standby.records.map(({ bytes }) => bytes[0])).toEqual([7, 1]);
  expect(await settled(kept)).toBe('open');
  hear(standby.records.at(-1)!.number);
  expect(await settled(kept)).toBe('kept');
  expect(await settled(joining)).toBe('kept');

  const inVain = standby.keep(Uint8Array.of(2));
  inVain.catch(() => {});
  standby.restarted();
  await clock.advance(4_000);
  expect(await settled(inVain)).toBe('FOLLOWER_LOST');
});
