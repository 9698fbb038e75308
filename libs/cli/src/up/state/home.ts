import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UpError, UpErrorCode } from '../errors.js';

/** Where everything is under `FLOTILLA_HOME`. All paths are absolute. */
export class Home {
  readonly path: string;

  constructor(folder: string) {
    this.path = resolve(folder);
  }

  /** Makes the folders; nobody else may look in, since keys lie there. @throws UpError `BAD_HOME` */
  create(): void {
    try {
      makeHome(this.path);
      for (const folder of ['logs', 'nats', 'root', 'chains', 'keys', 'gateway']) {
        mkdirSync(join(this.path, folder), { recursive: true, mode: 0o700 });
      }
      // PostgreSQL, when it runs as somebody else, has to get through to its own folder.
      chmodSync(this.path, 0o711);
    } catch (cause) {
      throw new UpError(
        UpErrorCode.BadHome,
        `can't write to ${this.path}; set FLOTILLA_HOME to a folder of yours`,
        { cause },
      );
    }
  }

  file(...names: string[]): string {
    return join(this.path, ...names);
  }

  logFile(process: string): string {
    return this.file('logs', `${process}.log`);
  }

  get runFile(): string {
    return this.file('run.json');
  }

  get adminKeyFile(): string {
    return this.file('admin.key');
  }
}

/** Node's recursive mkdir never returns in places like /proc, so it is asked only for missing parents. */
function makeHome(path: string): void {
  if (existsSync(path)) return;
  mkdirSync(path, { recursive: !existsSync(dirname(path)) });
}
