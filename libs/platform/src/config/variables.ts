import { z } from 'zod';
import { Secret } from './secret.js';

const port = z.coerce.number().int().min(1).max(65_535);
const url = (...protocols: string[]) =>
  z.url().refine((value) => protocols.some((p) => value.startsWith(`${p}:`)), {
    message: `must start with ${protocols.map((p) => `${p}:`).join(' or ')}`,
  });
const secret = (schema: z.ZodType<string>) => schema.transform((value) => new Secret(value));

/**
 * Every environment variable that Flotilla reads. Each app picks those it needs with `loadConfig`; any other
 * `FLOTILLA_*` in the environment is an error at boot, so that a typo is never silently ignored.
 * docs/REFERENCE.md is generated from this list.
 */
export const variables = {
  FLOTILLA_HOME: z
    .string()
    .min(1)
    .default('.flotilla')
    .describe('Folder that holds all data, keys, logs and run.json'),
  FLOTILLA_PROFILE: z
    .enum(['dev', 'production'])
    .default('dev')
    .describe(
      'dev: chains have the accounts of the well-known test mnemonic funded; production: none of that',
    ),
  FLOTILLA_HOST: z
    .string()
    .default('127.0.0.1')
    .describe('Address that the API and the gateway listen on'),
  FLOTILLA_API_PORT: port
    .optional()
    .describe('Port of the REST API and the dashboard; 7070, or the next free one, when absent'),
  FLOTILLA_GATEWAY_PORT: port
    .optional()
    .describe('Port of the gateway; 8550, or the next free one, when absent'),
  FLOTILLA_GATEWAY_URL: url('http', 'https')
    .optional()
    .describe("Public base of the chains' URLs, when the gateway is behind another name"),
  FLOTILLA_DATABASE_URL: secret(url('postgres', 'postgresql'))
    .optional()
    .describe('An external PostgreSQL in place of the embedded one'),
  FLOTILLA_NATS_URL: url('nats', 'tls')
    .optional()
    .describe('An external NATS server (JetStream on) in place of the embedded one'),
  FLOTILLA_NATS_CREDS_FILE: z
    .string()
    .optional()
    .describe('Credentials file for NATS; the embedded server makes its own'),
  FLOTILLA_NATS_OPERATOR_FILE: z
    .string()
    .optional()
    .describe(
      'Operator keys of a NATS server in operator mode, so that each chain gets an account of its own; the embedded server makes its own',
    ),
  FLOTILLA_ROOT_RPC_URL: url('http', 'https')
    .optional()
    .describe('An external EVM chain as root in place of the embedded one'),
  FLOTILLA_ROOT_FINALITY: z
    .string()
    .regex(/^(embedded|tag|depth:\d{1,4})$/, 'embedded, tag or depth:<blocks>')
    .optional()
    .describe(
      "When the root's blocks are final: at once (embedded), by its own `finalized` tag, or n blocks deep",
    ),
  FLOTILLA_RELAYER_KEY_FILE: z
    .string()
    .optional()
    .describe('File with the private key that pays for anchoring on the root'),
  FLOTILLA_CGROUP_ROOT: z
    .string()
    .startsWith('/')
    .optional()
    .describe(
      'A control group (version 2) set aside for the chains, empty and writable; when absent, the delegated scope or version 1 is used where there is one',
    ),
  FLOTILLA_CAPACITY_CPU_MILLIS: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .describe(
      'Thousandths of a core that may be promised to chains; three quarters of the machine when absent',
    ),
  FLOTILLA_CAPACITY_MEMORY_MB: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .describe(
      'Memory that may be promised to chains; 85 % of the machine, less 1 GB at least, when absent',
    ),
  FLOTILLA_WAKES_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(1)
    .max(100_000)
    .default(60)
    .describe(
      'Sleeping chains that one key or address may wake per minute, a sixth of them at once',
    ),
  FLOTILLA_WARM_POOL: z.coerce
    .number()
    .int()
    .min(0)
    .max(100)
    .default(2)
    .describe(
      'Nodes that are kept booted for chains that are created or wake; each takes about 100 MB',
    ),
  FLOTILLA_LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error'])
    .default('info')
    .describe('Least severe log line that is written'),
  FLOTILLA_API_URL: url('http', 'https')
    .optional()
    .describe('The API that the CLI talks to, instead of the one in run.json'),
  FLOTILLA_API_KEY: secret(z.string().min(1))
    .optional()
    .describe('The key that the CLI talks with, instead of the admin key beside run.json'),
  FLOTILLA_FAILPOINT: z
    .string()
    .regex(/^[a-z]+\.[a-z-]+@[1-9]\d{0,5}$/, '<failpoint>@<n>')
    .optional()
    .describe(
      'For crash tests, dev chains only: a node kills itself, as `kill -9` does, at the n-th passing of the failpoint, `<failpoint>@<n>`',
    ),
  FLOTILLA_FIXTURES: z
    .string()
    .optional()
    .describe('Folder with the official Ethereum test data that the conformance suites read'),
};

export type VariableName = keyof typeof variables;
export type Config<Names extends VariableName> = {
  readonly [Name in Names]: z.output<(typeof variables)[Name]>;
};
