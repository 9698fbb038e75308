import { fileURLToPath } from 'node:url';

type App = 'main-chain' | 'orchestrator' | 'gateway';

/** Of the checkout, five folders above this file's place in libs/cli/dist. */
export function appEntryFile(app: App): string {
  return fileURLToPath(new URL(`../../../../../apps/${app}/dist/main.js`, import.meta.url));
}
