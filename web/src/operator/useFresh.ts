import { useEffect, useState } from 'react';

/** How old what an operator looks at may be. */
export const FRESH_MILLIS = 10_000;

/** The last answer, and what the last question failed with, if it did. */
export interface Fresh<T> {
  found: T | undefined;
  fault: unknown;
}

/**
 * Asks, and asks again every ten seconds while the window is seen; what was known stays where that fails. `ask`
 * is kept by `useCallback`; another one is asked at once.
 */
export function useFresh<T>(ask: () => Promise<T>): Fresh<T> {
  const [fresh, setFresh] = useState<Fresh<T>>({ found: undefined, fault: undefined });
  useEffect(() => {
    let over = false;
    let asking = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const round = async () => {
      clearTimeout(timer);
      if (asking || document.hidden) {
        return;
      }
      asking = true;
      try {
        const found = await ask();
        if (!over) {
          setFresh({ found, fault: undefined });
        }
      } catch (fault) {
        if (!over) {
          setFresh(known => ({ found: known.found, fault }));
        }
      }
      asking = false;
      if (!over) {
        timer = setTimeout(round, FRESH_MILLIS);
      }
    };
    round();
    document.addEventListener('visibilitychange', round);
    return () => {
      over = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', round);
    };
  }, [ask]);
  return fresh;
}
