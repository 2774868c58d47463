import { useCallback, useEffect, useRef, useState } from 'react';

/** Pages asked for one after the other before a person is asked to go on: a page may be short, even empty. */
const PAGES_MAX = 10;

export interface Pages<T> {
  /** Undefined until the first page is there. */
  list: readonly T[] | undefined;
  fault: unknown;
  /** Whether there is more to ask for. */
  more: boolean;
  busy: boolean;
  next(): void;
  again(): void;
}

/** A list that is asked for page by page; `ask` is kept by `useCallback`, and begins anew when it is another. */
export function usePages<T, C>(
  ask: (after: C | undefined) => Promise<{ list: readonly T[]; next: C | undefined }>,
): Pages<T> {
  const [list, setList] = useState<readonly T[]>();
  const [next, setNext] = useState<C>();
  const [fault, setFault] = useState<unknown>();
  const [busy, setBusy] = useState(true);
  const round = useRef(0);
  const load = useCallback(
    async (after: C | undefined, before: readonly T[]) => {
      const mine = ++round.current;
      setBusy(true);
      setFault(undefined);
      let found = before;
      let at = after;
      try {
        for (let page = 0; page < PAGES_MAX; page++) {
          const answer = await ask(at);
          if (mine !== round.current) {
            return;
          }
          found = [...found, ...answer.list];
          at = answer.next;
          if (answer.list.length > 0 || at === undefined) {
            break;
          }
        }
        setList(found);
        setNext(at);
      } catch (failure) {
        if (mine === round.current) {
          setFault(failure);
        }
      }
      if (mine === round.current) {
        setBusy(false);
      }
    },
    [ask],
  );
  useEffect(() => {
    load(undefined, []);
    return () => {
      round.current++;
    };
  }, [load]);
  const again = useCallback(() => {
    load(undefined, []);
  }, [load]);
  return {
    list,
    fault,
    more: next !== undefined,
    busy,
    next: () => load(next, list ?? []),
    again,
  };
}
