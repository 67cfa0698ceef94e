import DataLoader from 'dataloader';
import type { Context } from './context.ts';

/**
 * What a request asks for one by one, asked for together: `load` is called once for all keys of a moment, and answers in their places.
 *
 * Nothing is remembered from one moment to the next: a subscription's context lives for hours, and what is counted changes.
 */
export function batchByRequest<TKey, TValue>(
  load: (context: Context, keys: readonly TKey[]) => Promise<readonly TValue[]>,
): (context: Context, key: TKey) => Promise<TValue> {
  const loaders = new WeakMap<Context, DataLoader<TKey, TValue>>();
  return (context, key) => {
    let loader = loaders.get(context);
    if (loader === undefined) {
      loader = new DataLoader((keys) => load(context, keys), { cache: false });
      loaders.set(context, loader);
    }
    return loader.load(key);
  };
}
