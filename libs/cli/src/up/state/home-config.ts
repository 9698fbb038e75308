import { randomBytes, randomInt } from 'node:crypto';
import { z } from 'zod';
import type { Home } from './home.js';
import { loadJson, saveJson } from './json-file.js';

const port = z.number().int().min(1).max(65_535);

const homeConfigSchema = z.object({
  /** Of processes that only we talk to; kept, because chains remember the address of NATS. */
  ports: z.object({
    postgres: port.optional(),
    nats: port.optional(),
    root: port.optional(),
  }),
  rootChainId: z.number().int(),
  databasePassword: z.string(),
  /** `demo` is made once; whoever deletes it does not get it back. */
  demoProvisioned: z.boolean(),
  /** The external root that is known to hold our contracts. */
  deployedRoot: z.string().optional(),
});

export type HomeConfig = z.infer<typeof homeConfigSchema>;
export type InternalPort = keyof HomeConfig['ports'];

const FIRST_CHAIN_ID = 2 ** 31;

/** `config.json`: what was decided at the first start and must stay. */
export class HomeConfigFile {
  #value: HomeConfig;

  constructor(private readonly home: Home) {
    this.#value = loadJson(this.#file, homeConfigSchema) ?? {
      ports: {},
      rootChainId: FIRST_CHAIN_ID + randomInt(2 ** 40),
      databasePassword: randomBytes(24).toString('base64url'),
      demoProvisioned: false,
    };
    saveJson(this.#file, this.#value);
  }

  get value(): HomeConfig {
    return this.#value;
  }

  change(change: Partial<HomeConfig>): void {
    this.#value = { ...this.#value, ...change };
    saveJson(this.#file, this.#value);
  }

  get #file(): string {
    return this.home.file('config.json');
  }
}
