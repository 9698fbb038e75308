import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Capacity } from '@flotilla/orchestration';
import { loadConfig, PlatformError, PlatformErrorCode, type Secret } from '@flotilla/platform';

const DEFAULT_API_PORT = 7070;
const DEFAULT_GATEWAY_PORT = 8550;
const app = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** What the control plane is told by its environment, with defaults and absolute paths. */
export interface Settings {
  readonly home: string;
  readonly profile: 'dev' | 'production';
  readonly host: string;
  readonly port: number;
  /** Public base of the chains' URLs, without a slash at its end. */
  readonly gatewayUrl: string;
  readonly databaseUrl: Secret;
  readonly natsUrl: string;
  readonly natsCredsFile: string | undefined;
  readonly natsOperatorFile: string | undefined;
  readonly rootRpcUrl: string;
  readonly rootFinality: string;
  readonly relayerKeyFile: string;
  readonly adminKeyFile: string;
  readonly cgroupRoot: string | undefined;
  /** What of the host the chains may have, where it was set by hand. */
  readonly capacity: Partial<Capacity>;
  /** Nodes kept ready for chains that start. */
  readonly warmPool: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly nodeEntryFile: string;
  readonly dashboardFolder: string;
}

/** @throws PlatformError `INVALID_CONFIGURATION` */
export function loadSettings(): Settings {
  const config = loadConfig([
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
    'FLOTILLA_WARM_POOL',
    'FLOTILLA_LOG_LEVEL',
  ]);
  const home = resolve(config.FLOTILLA_HOME);
  const gatewayPort = config.FLOTILLA_GATEWAY_PORT ?? DEFAULT_GATEWAY_PORT;
  return Object.freeze({
    home,
    profile: config.FLOTILLA_PROFILE,
    host: config.FLOTILLA_HOST,
    port: config.FLOTILLA_API_PORT ?? DEFAULT_API_PORT,
    gatewayUrl: (config.FLOTILLA_GATEWAY_URL ?? `http://127.0.0.1:${gatewayPort}`).replace(
      /\/+$/,
      '',
    ),
    databaseUrl: required('FLOTILLA_DATABASE_URL', config.FLOTILLA_DATABASE_URL),
    natsUrl: required('FLOTILLA_NATS_URL', config.FLOTILLA_NATS_URL),
    natsCredsFile: config.FLOTILLA_NATS_CREDS_FILE,
    natsOperatorFile: config.FLOTILLA_NATS_OPERATOR_FILE,
    rootRpcUrl: required('FLOTILLA_ROOT_RPC_URL', config.FLOTILLA_ROOT_RPC_URL),
    rootFinality: config.FLOTILLA_ROOT_FINALITY ?? 'embedded',
    relayerKeyFile: resolve(config.FLOTILLA_RELAYER_KEY_FILE ?? join(home, 'keys', 'relayer.key')),
    adminKeyFile: join(home, 'admin.key'),
    cgroupRoot: config.FLOTILLA_CGROUP_ROOT,
    capacity: {
      cpuMillis: config.FLOTILLA_CAPACITY_CPU_MILLIS,
      memoryMb: config.FLOTILLA_CAPACITY_MEMORY_MB,
    },
    warmPool: config.FLOTILLA_WARM_POOL,
    logLevel: config.FLOTILLA_LOG_LEVEL,
    nodeEntryFile: app('micro-chain/dist/main.js'),
    dashboardFolder: app('dashboard/dist'),
  });
}

function required<Value>(name: string, value: Value | undefined): Value {
  if (value !== undefined) return value;
  throw new PlatformError(
    PlatformErrorCode.InvalidConfiguration,
    `${name} is not set: the orchestrator needs it (\`npm start\` sets it)`,
  );
}
