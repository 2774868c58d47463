import { useEffect, useState } from 'react';

/** Asks once when the page opens; what went wrong, if something did. `ask` is a function of a module. */
export function useAsked(ask: () => Promise<unknown>): unknown {
  const [fault, setFault] = useState<unknown>();
  useEffect(() => {
    let over = false;
    ask().catch(failure => over || setFault(failure));
    return () => {
      over = true;
    };
  }, [ask]);
  return fault;
}
