import { useCallback, useEffect, useMemo, useState } from 'react';
import { useResource } from './use-resource';

export interface Pages<Item> {
  /** Newest first; undefined until the first page is in. */
  readonly items: readonly Item[] | undefined;
  readonly error: Error | undefined;
  readonly refresh: () => void;
  /** Loads the page after the last item; undefined when there is nothing older. */
  readonly loadOlder: (() => void) | undefined;
}

interface Options<Item, Key> {
  readonly pageSize: number;
  readonly keyOf: (item: Item) => Key;
  readonly everyMs?: number;
  readonly version?: unknown;
}

/**
 * A list that grows at its front and is read page by page to its end. `load` and `keyOf` must be
 * stable. The first page is kept fresh; older ones don't change.
 */
export function usePages<Item, Key extends string | number>(
  load: (limit: number, before: Key | undefined) => Promise<readonly Item[]>,
  options: Options<Item, Key>,
): Pages<Item> {
  const { pageSize, keyOf, everyMs, version } = options;
  const [older, setOlder] = useState<readonly Item[]>([]);
  const [olderError, setOlderError] = useState<Error>();
  const [ended, setEnded] = useState(false);
  const loadNewest = useCallback(() => load(pageSize, undefined), [load, pageSize]);
  const newest = useResource(loadNewest, { everyMs, version });

  // biome-ignore lint/correctness/useExhaustiveDependencies: another question starts over
  useEffect(() => {
    setOlder([]);
    setEnded(false);
  }, [loadNewest]);

  const items = useMemo(() => {
    if (newest.value === undefined) return undefined;
    const byKey = new Map([...older, ...newest.value].map((item) => [keyOf(item), item]));
    return [...byKey.values()].sort((a, b) => Number(keyOf(b)) - Number(keyOf(a)));
  }, [newest.value, older, keyOf]);

  const loadOlder = useCallback(async () => {
    const last = items?.at(-1);
    if (last === undefined) return;
    try {
      const page = await load(pageSize, keyOf(last));
      setOlder((known) => [...known, ...page]);
      setEnded(page.length < pageSize);
      setOlderError(undefined);
    } catch (reason) {
      setOlderError(reason as Error);
    }
  }, [items, load, pageSize, keyOf]);

  const more = items !== undefined && items.length >= pageSize && !ended;
  return {
    items,
    error: newest.error ?? olderError,
    refresh: newest.refresh,
    loadOlder: more ? loadOlder : undefined,
  };
}
