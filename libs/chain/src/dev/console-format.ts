import type { ConsoleValue } from './console-calls.js';

const PLACEHOLDER = /%([sdioOx%])/g;

/** As JavaScript's `console.log` prints them: a first string may hold `%s`, `%d`, `%i`, `%x`; the rest follows. */
export function formatConsoleArguments(values: readonly ConsoleValue[]): string {
  const [first, ...rest] = values;
  if (typeof first !== 'string') return values.map(String).join(' ');
  const head = first.replace(PLACEHOLDER, (found, kind: string) => {
    if (kind === '%') return '%';
    const value = rest.shift();
    return value === undefined ? found : formatted(kind, value);
  });
  return [head, ...rest.map(String)].join(' ');
}

function formatted(kind: string, value: ConsoleValue): string {
  if (kind === 'x' && typeof value === 'bigint') return `0x${value.toString(16)}`;
  if ((kind === 'd' || kind === 'i') && typeof value === 'boolean') return value ? '1' : '0';
  return String(value);
}
