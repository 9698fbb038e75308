import { MessagingError, MessagingErrorCode } from './errors.js';
import type { OperatorBundle } from './operator.js';

export interface ServerConfigOptions {
  readonly bundle: OperatorBundle;
  /** What `nats-server --version` printed: old servers refuse settings that they do not know. */
  readonly version: string;
  readonly port: number;
  /** Absolute folders: the resolver's JWTs, and JetStream's files. */
  readonly jwtFolder: string;
  readonly storeFolder: string;
  /** Where it leaves its pid. */
  readonly pidFile?: string;
  /** JetStream's cap on disk. Default 8 GiB. */
  readonly maxStoreBytes?: number;
}

const GIBIBYTE = 1024 ** 3;
const MEBIBYTE = 1024 ** 2;

/** The configuration of a loopback server in operator mode with the full resolver. */
export function serverConfig(options: ServerConfigOptions): string {
  const { bundle, port } = options;
  const pidFile = options.pidFile ? `pid_file: ${quote(options.pidFile)}\n` : '';
  const sync = knowsSyncInterval(options.version) ? '  sync_interval: always\n' : '';
  return `# Written by Flotilla at every start; changes are lost.
server_name: flotilla
listen: "127.0.0.1:${port}"
${pidFile}max_payload: ${8 * MEBIBYTE}
max_pending: ${64 * MEBIBYTE}
max_connections: 65536
write_deadline: "10s"
jetstream {
  store_dir: ${quote(options.storeFolder)}
  max_memory_store: ${64 * MEBIBYTE}
  max_file_store: ${options.maxStoreBytes ?? 8 * GIBIBYTE}
${sync}}
operator: ${bundle.operatorJwt}
system_account: ${bundle.systemAccount.publicKey}
resolver {
  type: full
  dir: ${quote(options.jwtFolder)}
  allow_delete: true
  interval: "2m"
  limit: 100000
}
resolver_preload {
  ${bundle.systemAccount.publicKey}: ${bundle.systemAccount.jwt}
  ${bundle.controlAccount.publicKey}: ${bundle.controlAccount.jwt}
}
`;
}

/** `sync_interval: always` arrived in 2.10. @throws MessagingError `NATS_INVALID_OPERATOR` for no version */
export function knowsSyncInterval(version: string): boolean {
  const match = /v?(\d+)\.(\d+)\.\d+/.exec(version);
  if (!match) {
    throw new MessagingError(
      MessagingErrorCode.InvalidOperator,
      `not a nats-server version: ${version.slice(0, 80)}`,
    );
  }
  const [major, minor] = [Number(match[1]), Number(match[2])];
  return major > 2 || (major === 2 && minor >= 10);
}

function quote(path: string): string {
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
