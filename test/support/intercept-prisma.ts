import type { Database } from '#db/database.ts';
import type { Storage } from '#domain/storage.ts';

/**
 * The same database, where what a test puts into `instead` is called instead of the real thing: `{ $transaction: … }`, or
 * `{ client: { findMany: … } }`. What is not there goes through, and `instead` may be changed at any time.
 */
export function interceptPrisma<T extends Database>(database: T, instead: Partial<Record<keyof Storage, unknown>>): T {
  return { ...database, prisma: intercept(database.prisma, instead) };
}

function intercept<T extends object>(target: T, instead: object): T {
  return new Proxy(target, {
    get(_target, name) {
      const real: unknown = Reflect.get(target, name, target);
      const other: unknown = Object.hasOwn(instead, name) ? Reflect.get(instead, name) : undefined;
      if (typeof other === 'function') return other;
      if (typeof other === 'object' && other !== null && typeof real === 'object' && real !== null) {
        return intercept(real, other);
      }
      return typeof real === 'function' ? (real.bind(target) as unknown) : real;
    },
  });
}
