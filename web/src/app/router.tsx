import { type ComponentProps, type MouseEvent, useSyncExternalStore } from 'react';

/** Where the page is: a path and its query. */
export interface Place {
  path: string;
  query: URLSearchParams;
}

const listeners = new Set<() => void>();
let place = read();

function read(): Place {
  return { path: location.pathname, query: new URLSearchParams(location.search) };
}

function moved(): void {
  place = read();
  for (const listener of listeners) {
    listener();
  }
}

window.addEventListener('popstate', moved);

/** Goes to an address of the page. */
export function navigate(to: string, replace = false): void {
  if (to === location.pathname + location.search) {
    return;
  }
  history[replace ? 'replaceState' : 'pushState'](null, '', to);
  moved();
}

export function usePlace(): Place {
  return useSyncExternalStore(
    listener => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => place,
  );
}

/**
 * What a path holds at the variables of a template such as `/projects/:project/folders/:folder`; undefined
 * where it doesn't match.
 */
export function match(template: string, path: string): Record<string, string> | undefined {
  const wanted = template.split('/');
  const found = path.split('/');
  if (wanted.length !== found.length) {
    return undefined;
  }
  const variables: Record<string, string> = {};
  for (const [i, word] of wanted.entries()) {
    const value = found[i] ?? '';
    if (word.startsWith(':')) {
      if (value === '') {
        return undefined;
      }
      variables[word.slice(1)] = decodeURIComponent(value);
    } else if (word !== value) {
      return undefined;
    }
  }
  return variables;
}

/** A link within the page; with a modifier key it is the browser's, as any other. */
export function Link({ href, onClick, ...rest }: ComponentProps<'a'> & { href: string }) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (plain && !event.defaultPrevented) {
      event.preventDefault();
      navigate(href);
    }
  };
  return <a href={href} onClick={follow} {...rest} />;
}
