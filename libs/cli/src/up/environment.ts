import { type Config, loadConfig, type VariableName } from '@flotilla/platform';

const NAMES = [
  'FLOTILLA_HOME',
  'FLOTILLA_PROFILE',
  'FLOTILLA_HOST',
  'FLOTILLA_API_PORT',
  'FLOTILLA_GATEWAY_PORT',
  'FLOTILLA_GATEWAY_URL',
  'FLOTILLA_DATABASE_URL',
  'FLOTILLA_NATS_URL',
  'FLOTILLA_NATS_CREDS_FILE',
  'FLOTILLA_NATS_OPERATOR_FILE',
  'FLOTILLA_ROOT_RPC_URL',
  'FLOTILLA_ROOT_FINALITY',
  'FLOTILLA_RELAYER_KEY_FILE',
  'FLOTILLA_CGROUP_ROOT',
  'FLOTILLA_CAPACITY_CPU_MILLIS',
  'FLOTILLA_CAPACITY_MEMORY_MB',
  'FLOTILLA_WAKES_PER_MINUTE',
  'FLOTILLA_WARM_POOL',
  'FLOTILLA_LOG_LEVEL',
] as const satisfies readonly VariableName[];

export type UpConfig = Config<(typeof NAMES)[number]>;

export interface UpEnvironment {
  readonly config: UpConfig;
  /** What every process of ours gets: ours without anything of Flotilla's or npm's. */
  readonly inherited: NodeJS.ProcessEnv;
  readonly searchPath: string;
}

/** @throws PlatformError `INVALID_CONFIGURATION` */
export function loadUpEnvironment(environment: NodeJS.ProcessEnv = process.env): UpEnvironment {
  const inherited = Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^(FLOTILLA_|npm_|NODE_OPTIONS$)/.test(name)),
  );
  return {
    config: loadConfig(NAMES, environment),
    inherited,
    searchPath: environment.PATH ?? '',
  };
}
