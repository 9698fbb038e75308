import { silentLogger } from '@flotilla/common';
import { neverFits, noCapacity } from '@flotilla/orchestration';
import type { ArgumentsHost } from '@nestjs/common';
import { ProblemFilter } from './problem.filter.js';

function answer(error: unknown) {
  const headers: Record<string, string> = {};
  let body = '';
  const reply = {
    raw: {},
    header: (name: string, value: string) => {
      headers[name] = value;
      return reply;
    },
    status: () => reply,
    send: (text: string) => {
      body = text;
    },
  };
  const request = { method: 'POST', url: '/api/v1/chains', headers: {} };
  const http = { getRequest: () => request, getResponse: () => reply };
  const host = { switchToHttp: () => http } as unknown as ArgumentsHost;
  new ProblemFilter(silentLogger).catch(error, host);
  return { headers, problem: JSON.parse(body) };
}

it('says when to try again what may go well then, and nothing of the kind of what never will', () => {
  const short = { cpuMillis: 0, memoryMb: 84 };
  const capacity = { cpuMillis: 100, memoryMb: 300 };
  const later = answer(noCapacity(short, capacity));
  expect(later.headers['retry-after']).toBe('1');
  expect(later.problem).toMatchObject({ status: 503, code: 'NO_CAPACITY' });
  expect(later.problem).not.toHaveProperty('retryable');
  const never = answer(neverFits(short, capacity));
  expect(never.headers).not.toHaveProperty('retry-after');
  expect(never.problem).toMatchObject({ status: 503, code: 'NO_CAPACITY', retryable: false });
});
