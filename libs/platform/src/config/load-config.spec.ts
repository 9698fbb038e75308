import { inspect } from 'node:util';
import { PlatformErrorCode } from '../errors.js';
import { loadConfig } from './load-config.js';

const invalid = expect.objectContaining({ code: PlatformErrorCode.InvalidConfiguration });

it('gives defaults, converts and freezes', () => {
  const config = loadConfig(['FLOTILLA_HOME', 'FLOTILLA_API_PORT'], { FLOTILLA_API_PORT: '7071' });
  expect(config).toEqual({ FLOTILLA_HOME: '.flotilla', FLOTILLA_API_PORT: 7071 });
  expect(Object.isFrozen(config)).toBe(true);
});

it('treats an empty variable as absent', () => {
  expect(
    loadConfig(['FLOTILLA_API_PORT'], { FLOTILLA_API_PORT: '' }).FLOTILLA_API_PORT,
  ).toBeUndefined();
});

it.each([
  { FLOTILLA_API_PROT: '7070' },
  { FLOTILLA_API_PORT: 'seventy' },
  { FLOTILLA_API_PORT: '70000' },
])('refuses %o', (environment) => {
  expect(() => loadConfig(['FLOTILLA_API_PORT'], environment as NodeJS.ProcessEnv)).toThrow(
    invalid,
  );
});

it('never prints a secret', () => {
  const url = 'postgres://user:hunter2@localhost/db';
  const config = loadConfig(['FLOTILLA_DATABASE_URL'], { FLOTILLA_DATABASE_URL: url });
  expect(config.FLOTILLA_DATABASE_URL?.reveal()).toBe(url);
  expect(
    `${JSON.stringify(config)} ${inspect(config)} ${config.FLOTILLA_DATABASE_URL}`,
  ).not.toContain('hunter2');
});
