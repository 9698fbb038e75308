import type { ChainSpec } from '@flotilla/sdk';
import { checkInteger, complaints, type SpecErrors } from './spec-checks';

/** How much of the machine a chain gets, when it sleeps, who may use it and on how many instances it runs, as a person writes it. */
export interface RunningForm {
  readonly size: ChainSpec['size'];
  /** `default`: what the installation does with chains that don't say. */
  readonly sleep: 'default' | 'after' | 'never';
  readonly sleepSeconds: string;
  readonly minReplicas: string;
  readonly maxReplicas: string;
  /** How large it may grow under load; `none`: not beyond its size. */
  readonly maxSize: ChainSpec['size'] | 'none';
  readonly failover: boolean;
  /** Who may use its RPC URL; `default`: as usual here. */
  readonly access: 'default' | 'keys' | 'public';
}

export const RUNS_BY_DEFAULT: RunningForm = {
  size: 'small',
  sleep: 'default',
  sleepSeconds: '600',
  minReplicas: '0',
  maxReplicas: '0',
  maxSize: 'none',
  failover: false,
  access: 'default',
};

const MAX_REPLICAS = 8;
const LEAST_SLEEP_SECONDS = 5;
const YEAR_SECONDS = 31_536_000;

/** Ascending. */
export const SIZES: readonly ChainSpec['size'][] = ['small', 'medium', 'large', 'dedicated'];

export function runningForm({ size, sleep, scale, failover, access }: ChainSpec): RunningForm {
  return {
    size,
    sleep: sleep.afterSeconds == null ? 'never' : 'after',
    sleepSeconds: String(sleep.afterSeconds ?? RUNS_BY_DEFAULT.sleepSeconds),
    minReplicas: String(scale.replicas.min),
    maxReplicas: String(scale.replicas.max),
    maxSize: scale.maxSize ?? 'none',
    failover,
    access: access ?? RUNS_BY_DEFAULT.access,
  };
}

export function checkRunning(form: RunningForm): SpecErrors {
  const bound = (text: string) => checkInteger(text || '-', 0, MAX_REPLICAS);
  const isUpsideDown = Number(form.minReplicas) > Number(form.maxReplicas);
  return complaints({
    'spec.sleep.afterSeconds':
      form.sleep === 'after'
        ? checkInteger(form.sleepSeconds || '-', LEAST_SLEEP_SECONDS, YEAR_SECONDS)
        : undefined,
    'spec.scale.replicas.min': bound(form.minReplicas),
    'spec.scale.replicas.max':
      bound(form.maxReplicas) ?? (isUpsideDown ? 'not fewer than always' : undefined),
    'spec.scale.maxSize':
      form.maxSize !== 'none' && SIZES.indexOf(form.maxSize) < SIZES.indexOf(form.size)
        ? 'not smaller than its size'
        : undefined,
  });
}

export type RunningSpec = Partial<
  Pick<ChainSpec, 'size' | 'sleep' | 'failover' | 'access'> & {
    scale: {
      replicas?: ChainSpec['scale']['replicas'];
      maxSize?: ChainSpec['size'] | null;
    };
  }
>;

/** Only what differs from how it was. */
export function runningSpec(form: RunningForm, before: RunningForm): RunningSpec {
  const differs = (...keys: (keyof RunningForm)[]) => keys.some((key) => form[key] !== before[key]);
  const sleeps = differs('sleep') || (form.sleep === 'after' && differs('sleepSeconds'));
  return {
    ...(differs('size') && { size: form.size }),
    ...(sleeps &&
      form.sleep !== 'default' && {
        sleep: { afterSeconds: form.sleep === 'never' ? null : Number(form.sleepSeconds) },
      }),
    ...(differs('minReplicas', 'maxReplicas', 'maxSize') && {
      scale: {
        ...(differs('minReplicas', 'maxReplicas') && {
          replicas: { min: Number(form.minReplicas), max: Number(form.maxReplicas) },
        }),
        ...(differs('maxSize') && { maxSize: form.maxSize === 'none' ? null : form.maxSize }),
      },
    }),
    ...(differs('failover') && { failover: form.failover }),
    ...(differs('access') && form.access !== 'default' && { access: form.access }),
  };
}
