import { Slot } from 'radix-ui';
import type { ReactNode, Ref } from 'react';

interface Props {
  ref?: Ref<HTMLElement>;
  as?: unknown;
  children?: ReactNode;
  [other: string]: unknown;
}

/**
 * In the place of the package that dialogs and menus import by this name: that one stops the page from
 * scrolling by a style element, which the policy forbids. Here the page never scrolls as a whole.
 */
export function RemoveScroll({ ref, children }: Props) {
  return <Slot.Root ref={ref as Ref<HTMLElement>}>{children}</Slot.Root>;
}
