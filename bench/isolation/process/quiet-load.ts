import { QuietLoad, type QuietOptions, type QuietWindowOptions } from '../quiet-load.js';
import { answerParent } from './remote.js';

let load: QuietLoad | undefined;

answerParent({
  open: async (options: QuietOptions) => {
    load = await QuietLoad.open(options);
  },
  prepare: (transactions: number) => load!.prepare(transactions),
  window: (options: QuietWindowOptions) => load!.window(options),
  close: () => load?.close(),
});
