import type { FactoryProvider } from '@nestjs/common';

/** One plain class with what it needs, in the order of the factory's arguments. */
export function provide<Arguments extends unknown[]>(
  token: FactoryProvider['provide'],
  inject: readonly FactoryProvider['provide'][],
  useFactory: (...modules: Arguments) => unknown,
): FactoryProvider {
  return { provide: token, inject: [...inject], useFactory } as FactoryProvider;
}
