import { resolve } from 'node:path';
import { GARBAGE_ARGUMENT } from '@flotilla/runtime-drivers';
import type { UpEnvironment } from './environment.js';
import { internalPort, publicPort } from './ports.js';
import type { Service } from './process/service.js';
import { ensureNatsServer } from './programs/nats-server.js';
import { AppService } from './services/app.service.js';
import { NatsService } from './services/nats.service.js';
import { PostgresService } from './services/postgres.service.js';
import { RootService } from './services/root.service.js';
import type { Home } from './state/home.js';
import type { HomeConfigFile, InternalPort } from './state/home-config.js';
import type { ProcessTable } from './state/process-table.js';

/** What people use, without a slash at the end. */
export interface Urls {
  readonly apiUrl: string;
  readonly gatewayUrl: string;
  readonly rootRpcUrl: string;
}

/** What is to run here, and where. */
export interface Plan {
  /** What must answer before the rest starts: the embedded PostgreSQL and NATS. */
  readonly foundations: readonly Service[];
  /** Root, orchestrator and gateway: they wait for each other by themselves. */
  readonly apps: readonly Service[];
  readonly urls: Urls;
  readonly externalRootUrl: string | undefined;
}

interface Modules {
  readonly environment: UpEnvironment;
  readonly home: Home;
  readonly homeConfig: HomeConfigFile;
  readonly table: ProcessTable;
  readonly say: (sentence: string) => void;
}

/** A small young generation: requests under way live long enough to be copied, in each pause as many as it holds. */
const SHORT_PAUSES = '--max-semi-space-size=1';
const DEFAULT_API_PORT = 7070;
const DEFAULT_GATEWAY_PORT = 8550;
const ANYWHERE = new Set(['0.0.0.0', '::']);

/** Decides ports and addresses. @throws UpError `PORT_TAKEN` */
export async function makePlan(modules: Modules, relayerKeyFile: string): Promise<Plan> {
  const { config, inherited, searchPath } = modules.environment;
  const { home, homeConfig, say } = modules;
  // Node 22 and later keep compiled code there, which halves the start of a process.
  const environment = { NODE_COMPILE_CACHE: home.file('cache'), ...inherited };
  const { FLOTILLA_PROFILE: profile, FLOTILLA_LOG_LEVEL: logLevel } = config;
  const ports = await choosePorts(modules);
  const foundations: Service[] = [];
  const apps: Service[] = [];

  let databaseUrl = config.FLOTILLA_DATABASE_URL?.reveal();
  if (databaseUrl === undefined) {
    const password = homeConfig.value.databasePassword;
    const postgres = new PostgresService({ home, port: ports.postgres, password, environment });
    foundations.push(postgres);
    databaseUrl = postgres.url;
  }

  const nats = natsAccess();
  if (nats.service) {
    await nats.service.ensureCredentials();
    foundations.push(nats.service);
  }

  let rootRpcUrl = config.FLOTILLA_ROOT_RPC_URL;
  if (rootRpcUrl === undefined) {
    const account = nats.service ? 'operator' : 'shared';
    const root = new RootService({
      home,
      port: ports.root,
      chainId: homeConfig.value.rootChainId,
      profile,
      logLevel,
      nats: { url: nats.url, credsFile: nats.credsFile('root'), account },
      environment,
    });
    apps.push(root);
    rootRpcUrl = root.url;
  }

  const host = config.FLOTILLA_HOST;
  const shown = ANYWHERE.has(host) ? '127.0.0.1' : host;
  const apiUrl = `http://${shown}:${ports.api}`;
  const localGatewayUrl = `http://${shown}:${ports.gateway}`;
  const gatewayUrl = (config.FLOTILLA_GATEWAY_URL ?? localGatewayUrl).replace(/\/+$/, '');
  const common = {
    FLOTILLA_HOME: home.path,
    FLOTILLA_PROFILE: profile,
    FLOTILLA_HOST: host,
    FLOTILLA_LOG_LEVEL: logLevel,
    FLOTILLA_NATS_URL: nats.url,
    FLOTILLA_ROOT_RPC_URL: rootRpcUrl,
    FLOTILLA_GATEWAY_PORT: String(ports.gateway),
  };
  const embeddedRoot = config.FLOTILLA_ROOT_RPC_URL === undefined;
  const orchestrator = new AppService({
    name: 'orchestrator',
    title: 'Orchestrator',
    home,
    port: ports.api,
    healthUrl: `${apiUrl}/api/v1/health`,
    graceMs: 25_000,
    variables: {
      ...common,
      FLOTILLA_API_PORT: String(ports.api),
      FLOTILLA_GATEWAY_URL: gatewayUrl,
      FLOTILLA_DATABASE_URL: databaseUrl,
      FLOTILLA_NATS_CREDS_FILE: nats.credsFile('orchestrator'),
      FLOTILLA_NATS_OPERATOR_FILE: nats.operatorFile,
      FLOTILLA_ROOT_FINALITY: config.FLOTILLA_ROOT_FINALITY ?? (embeddedRoot ? 'embedded' : 'tag'),
      FLOTILLA_RELAYER_KEY_FILE: relayerKeyFile,
      ...hostVariables(config),
      FLOTILLA_WARM_POOL: String(config.FLOTILLA_WARM_POOL),
    },
    environment,
  });
  const gateway = new AppService({
    name: 'gateway',
    title: 'Gateway',
    nodeArgs: [GARBAGE_ARGUMENT, SHORT_PAUSES],
    home,
    port: ports.gateway,
    healthUrl: `${localGatewayUrl}/health`,
    graceMs: 10_000,
    variables: {
      ...common,
      FLOTILLA_NATS_CREDS_FILE: nats.credsFile('gateway'),
      FLOTILLA_WAKES_PER_MINUTE: String(config.FLOTILLA_WAKES_PER_MINUTE),
    },
    environment,
  });
  return {
    foundations,
    apps: [...apps, orchestrator, gateway],
    urls: { apiUrl, gatewayUrl, rootRpcUrl },
    externalRootUrl: config.FLOTILLA_ROOT_RPC_URL,
  };

  function natsAccess() {
    const external = config.FLOTILLA_NATS_URL;
    if (external === undefined) {
      const program = () => ensureNatsServer(home.path, searchPath, say);
      const service = new NatsService({ home, port: ports.nats, program, environment });
      const { url, operatorFile } = service;
      return {
        service,
        url,
        operatorFile,
        credsFile: (user: 'root' | 'gateway' | 'orchestrator') => service.credsFile(user),
      };
    }
    const absolute = (file: string | undefined) => (file === undefined ? undefined : resolve(file));
    const credsFile = absolute(config.FLOTILLA_NATS_CREDS_FILE);
    return {
      service: undefined,
      url: external,
      operatorFile: absolute(config.FLOTILLA_NATS_OPERATOR_FILE),
      credsFile: () => credsFile,
    };
  }
}

async function choosePorts({ environment, homeConfig, table, say }: Modules) {
  const { config } = environment;
  const host = config.FLOTILLA_HOST;
  const internal = async (name: InternalPort) => {
    const remembered = homeConfig.value.ports[name];
    const keeps = remembered !== undefined && table.alive(name) !== undefined;
    const port = keeps ? remembered : await internalPort(remembered);
    homeConfig.change({ ports: { ...homeConfig.value.ports, [name]: port } });
    return port;
  };
  const forPeople = async (
    name: 'orchestrator' | 'gateway',
    variable: 'FLOTILLA_API_PORT' | 'FLOTILLA_GATEWAY_PORT',
    byDefault: number,
    except: readonly number[],
  ) => {
    const chosen = config[variable];
    const running = table.alive(name)?.port;
    if (running !== undefined && (chosen === undefined || chosen === running)) return running;
    const { port, instead } = await publicPort({ variable, chosen, byDefault, host, except });
    if (instead !== undefined) {
      say(`port ${instead} is taken by another program: using ${port} (choose with ${variable})`);
    }
    return port;
  };
  const api = await forPeople('orchestrator', 'FLOTILLA_API_PORT', DEFAULT_API_PORT, []);
  const gateway = await forPeople('gateway', 'FLOTILLA_GATEWAY_PORT', DEFAULT_GATEWAY_PORT, [api]);
  return {
    api,
    gateway,
    postgres: await internal('postgres'),
    nats: await internal('nats'),
    root: await internal('root'),
  };
}

/** What is said of the host, as it was said to us. */
function hostVariables(config: UpEnvironment['config']): Record<string, string> {
  const { FLOTILLA_CGROUP_ROOT, FLOTILLA_CAPACITY_CPU_MILLIS, FLOTILLA_CAPACITY_MEMORY_MB } =
    config;
  const given = Object.entries({
    FLOTILLA_CGROUP_ROOT,
    FLOTILLA_CAPACITY_CPU_MILLIS,
    FLOTILLA_CAPACITY_MEMORY_MB,
  }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}
