export type CheckStatus = 'ok' | 'warning' | 'broken';

/** One thing that `doctor` looked at. */
export interface Check {
  readonly name: string;
  readonly status: CheckStatus;
  readonly detail: string;
  /** What to do about it. */
  readonly next?: string;
}

export const ok = (name: string, detail: string): Check => ({ name, status: 'ok', detail });

export const warning = (name: string, detail: string, next: string): Check => ({
  name,
  status: 'warning',
  detail,
  next,
});

export const broken = (name: string, detail: string, next: string): Check => ({
  name,
  status: 'broken',
  detail,
  next,
});
