import {
  type CallOptions,
  ChainError,
  ChainErrorCode,
  type TraceRequest,
  type TracerChoice,
} from '@flotilla/chain';
import { blockOverride, stateOverrides } from './call-request.js';
import { duration } from './duration.js';
import { malformed, type Parser } from './parser.js';
import { field, fields, flag, text } from './values.js';

type Fields = Readonly<Record<string, unknown>>;

const steps: Parser<number> = (value) => {
  if (!Number.isSafeInteger(value) || (value as number) < 0) {
    throw malformed('expected a number of steps');
  }
  return value as number;
};

function structLogger(object: Fields): TracerChoice {
  return {
    tracer: 'structLogger',
    options: {
      enableMemory: field(object, 'enableMemory', flag),
      disableStack: field(object, 'disableStack', flag),
      disableStorage: field(object, 'disableStorage', flag),
      enableReturnData: field(object, 'enableReturnData', flag),
      limit: field(object, 'limit', steps),
    },
  };
}

function choice(object: Fields): TracerChoice {
  const tracer = field(object, 'tracer', text) ?? '';
  const config = field(object, 'tracerConfig', fields) ?? {};
  switch (tracer) {
    case '':
      return structLogger(object);
    case 'callTracer':
      return {
        tracer,
        options: {
          onlyTopCall: field(config, 'onlyTopCall', flag),
          withLog: field(config, 'withLog', flag),
        },
      };
    case 'prestateTracer':
      return {
        tracer,
        options: {
          diffMode: field(config, 'diffMode', flag),
          disableCode: field(config, 'disableCode', flag),
          disableStorage: field(config, 'disableStorage', flag),
          includeEmpty: field(config, 'includeEmpty', flag),
        },
      };
    case '4byteTracer':
    case 'noopTracer':
      return { tracer };
  }
  throw new ChainError(ChainErrorCode.UnknownTracer, 'tracer not found');
}

/** The second argument of the `debug_trace…` methods: geth's `TraceConfig`. Tracers in JavaScript don't exist here. */
export const traceConfig: Parser<TraceRequest> = (value) => {
  const object = fields(value);
  return { choice: choice(object), timeoutMs: field(object, 'timeout', duration) };
};

/** That of `debug_traceCall`, which may pretend as `eth_call` may. */
export const traceCallConfig: Parser<{
  readonly trace: TraceRequest;
  readonly options: CallOptions;
}> = (value) => {
  const object = fields(value);
  if ((object.txIndex ?? undefined) !== undefined) throw malformed('txIndex is not supported');
  return {
    trace: traceConfig(value),
    options: {
      stateOverrides: field(object, 'stateOverrides', stateOverrides),
      blockOverrides: field(object, 'blockOverrides', blockOverride),
    },
  };
};

export const DEFAULT_TRACE: TraceRequest = traceConfig({});
