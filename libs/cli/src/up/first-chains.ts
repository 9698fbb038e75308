import { readFileSync } from 'node:fs';
import { type Clock, sleep } from '@flotilla/common';
import type { Urls } from './plan.js';
import { callRpc } from './services/probe.js';
import type { Home } from './state/home.js';
import type { HomeConfigFile } from './state/home-config.js';

interface Modules {
  readonly home: Home;
  readonly homeConfig: HomeConfigFile;
  readonly clock: Clock;
  readonly say: (sentence: string) => void;
}

export const DEMO = 'demo';
const RESUMED_WITHIN_MS = 20_000;
const POLL_MS = 100;

/**
 * The first start makes the chain `demo`; every start waits until the chains that should run answer at their
 * public URLs. What can't be had is said and does not keep the rest from being used.
 */
export async function bringUpChains(urls: Urls, demo: boolean, modules: Modules): Promise<void> {
  const { home, homeConfig, say } = modules;
  const { FlotillaClient } = await import('@flotilla/sdk');
  const apiKey = readFileSync(home.adminKeyFile, 'utf8').trim();
  const client = new FlotillaClient({ apiUrl: urls.apiUrl, apiKey });
  try {
    if (demo && !homeConfig.value.demoProvisioned) {
      say(`provisioning the chain ${DEMO}`);
      await client.chains.create(DEMO, {}, { wait: true, timeoutMs: 30_000 });
      homeConfig.change({ demoProvisioned: true });
    }
    const names: string[] = [];
    for await (const { name, spec, status } of client.chains.all({ phase: 'Running' })) {
      if (spec.runtime !== 'external' && status.rpcUrl !== null) names.push(name);
    }
    await waitUntilServed(names, urls.gatewayUrl, modules);
  } catch (error) {
    say(`the chains are not all up: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function waitUntilServed(names: string[], gatewayUrl: string, modules: Modules) {
  const { clock, say } = modules;
  const deadline = clock.now() + RESUMED_WITHIN_MS;
  const served = await Promise.all(
    names.map(async (name) => {
      while ((await callRpc(`${gatewayUrl}/${name}`, 'eth_chainId')) === undefined) {
        if (clock.now() > deadline) return false;
        await sleep(clock, POLL_MS);
      }
      return true;
    }),
  );
  const missing = names.filter((_, at) => !served[at]);
  if (missing.length > 0) say(`not serving yet: ${missing.join(', ')}`);
}
