import 'reflect-metadata';
import { runNode } from '@flotilla/node';

await runNode({ command: 'micro-chain', what: "one dApp's chain", client: 'flotilla' });
