import type { Trace } from '@flotilla/chain';
import { formatCallTrace } from './call-frames.js';
import { formatPrestate } from './prestate.js';
import { formatStructTrace } from './struct-logs.js';

/** As geth prints what its tracer of that name found. */
export function formatTrace(trace: Trace): Record<string, unknown> {
  switch (trace.tracer) {
    case 'structLogger':
      return formatStructTrace(trace);
    case 'callTracer':
      return formatCallTrace(trace);
    case 'prestateTracer':
      return formatPrestate(trace);
    case '4byteTracer':
      return Object.fromEntries(trace.counts);
    case 'noopTracer':
      return {};
  }
}
