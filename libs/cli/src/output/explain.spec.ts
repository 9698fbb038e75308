import { FlotillaApiError, SdkError, SdkErrorCode } from '@flotilla/sdk';
import { invalidArgument } from '../errors.js';
import { ExitCode } from '../exit-code.js';
import { explain, formatExplanation } from './explain.js';

const api = (status: number, code: string, more = {}) =>
  new FlotillaApiError({ status, code, detail: 'it says no', ...more });

it.each([
  [api(401, 'UNAUTHENTICATED'), ExitCode.NotAllowed],
  [api(403, 'FORBIDDEN'), ExitCode.NotAllowed],
  [api(404, 'CHAIN_NOT_FOUND'), ExitCode.NotFound],
  [api(409, 'NAME_TAKEN'), ExitCode.Conflict],
  [api(412, 'PRECONDITION_FAILED'), ExitCode.Failed],
  [api(400, 'INVALID_SPEC'), ExitCode.Failed],
  [api(503, 'DATABASE_UNAVAILABLE'), ExitCode.Unavailable],
  [api(504, 'WAIT_TIMEOUT'), ExitCode.TimedOut],
  [new SdkError(SdkErrorCode.ApiUnreachable, 'x'), ExitCode.Unavailable],
  [new SdkError(SdkErrorCode.WaitTimedOut, 'x'), ExitCode.TimedOut],
  [new SdkError(SdkErrorCode.ChainFailed, 'x'), ExitCode.Failed],
  [invalidArgument('x', 'y'), ExitCode.Usage],
  [new TypeError('x is undefined'), ExitCode.Internal],
  ['thrown text', ExitCode.Internal],
])('gives %s its exit code', (error, exitCode) => {
  expect(explain(error).exitCode).toBe(exitCode);
});

it('digs out why nothing answered', () => {
  const deep = new Error('fetch failed', {
    cause: new AggregateError([new Error('connect ECONNREFUSED 127.0.0.1:7070')]),
  });
  const error = new SdkError(SdkErrorCode.ApiUnreachable, 'nothing answers', { cause: deep });
  expect(formatExplanation(explain(error))).toBe(
    [
      'error: nothing answers [API_UNREACHABLE]',
      '  why:  connect ECONNREFUSED 127.0.0.1:7070',
      '  next: start Flotilla with `flotilla up`, or name a running one with --api-url',
    ].join('\n'),
  );
});

it('names refused fields, but does not repeat the only one', () => {
  const two = [
    { path: 'spec.a', message: 'unknown' },
    { path: 'spec.b', message: 'too big' },
  ];
  expect(formatExplanation(explain(api(400, 'INVALID_SPEC', { errors: two })))).toContain(
    '\n  spec.a: unknown\n  spec.b: too big\n',
  );
  const one = api(400, 'INVALID_SPEC', { detail: 'spec.a: unknown', errors: two.slice(0, 1) });
  expect(explain(one).errors).toBeUndefined();
});
