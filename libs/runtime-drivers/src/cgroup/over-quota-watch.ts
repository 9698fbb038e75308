import { closeSync, openSync, readSync } from 'node:fs';
import type { ControlGroups } from './control-groups.js';

/** Between two looks: five of the kernel's turns. */
export const LOOK_MS = 250;
/** Whoever used up his quota in so many of the turns between two looks stands back: one long turn alone is a block. */
const OVER = 0.5;
/** Looks without that after which he comes forward again. */
const CALM_LOOKS = 2;

interface Watched {
  readonly file: number;
  turns: number;
  throttled: number;
  calmLooks: number;
  isBack: boolean;
}

/**
 * Makes groups that use up their quota turn after turn stand back behind those that don't. A quota bounds how much one
 * takes, not when: on a machine whose cores are busy with one that floods itself, the others would wait for the ends of
 * its time slices. What is promised to it stays: those who go first take less than their own quotas.
 */
export class OverQuotaWatch {
  readonly #watched = new Map<string, Watched>();
  readonly #buffer = Buffer.alloc(1_024);

  constructor(
    private readonly groups: Pick<ControlGroups, 'turnsFile' | 'standBack'>,
    private readonly onError: (name: string, error: unknown) => void,
  ) {}

  /** Repeating is harmless. The group must exist. */
  watch(name: string): void {
    const path = this.groups.turnsFile(name);
    if (this.#watched.has(name) || path === undefined) return;
    const file = openSync(path, 'r');
    this.#watched.set(name, { file, turns: 0, throttled: 0, calmLooks: 0, isBack: false });
  }

  /** Lets it come forward. */
  forget(name: string): void {
    const watched = this.#watched.get(name);
    if (watched === undefined) return;
    this.#watched.delete(name);
    closeSync(watched.file);
    if (watched.isBack) this.#standBack(name, false);
  }

  look(): void {
    for (const [name, watched] of this.#watched) {
      const now = this.#turnsOf(watched.file);
      if (now === undefined) this.forget(name);
      else this.#judge(name, watched, now);
    }
  }

  #judge(name: string, watched: Watched, { turns, throttled }: Turns): void {
    const over = throttled - watched.throttled;
    const isOver = over > 0 && over >= OVER * (turns - watched.turns);
    watched.turns = turns;
    watched.throttled = throttled;
    watched.calmLooks = isOver ? 0 : watched.calmLooks + 1;
    const isBack = isOver || (watched.isBack && watched.calmLooks < CALM_LOOKS);
    if (isBack !== watched.isBack) watched.isBack = this.#standBack(name, isBack) && isBack;
  }

  #standBack(name: string, isBack: boolean): boolean {
    try {
      return this.groups.standBack(name, isBack);
    } catch (error) {
      this.onError(name, error);
      return false;
    }
  }

  #turnsOf(file: number): Turns | undefined {
    try {
      const length = readSync(file, this.#buffer, 0, this.#buffer.length, 0);
      const text = this.#buffer.toString('latin1', 0, length);
      const [, turns] = /nr_periods (\d+)/.exec(text) ?? [];
      const [, throttled] = /nr_throttled (\d+)/.exec(text) ?? [];
      return turns === undefined
        ? undefined
        : { turns: Number(turns), throttled: Number(throttled) };
    } catch {
      return undefined;
    }
  }
}

interface Turns {
  readonly turns: number;
  readonly throttled: number;
}
