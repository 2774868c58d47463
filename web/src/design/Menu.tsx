import { Check } from 'lucide-react';
import { ContextMenu, DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import styles from './Menu.module.css';

/** What a menu offers; `null` is a line between groups. */
export type MenuEntry = {
  label: string;
  icon?: ReactNode;
  keys?: string;
  danger?: boolean;
  disabled?: boolean;
  /** Of a choice among others: whether it is the present one. */
  chosen?: boolean;
  run(): void;
} | null;

type Parts = typeof DropdownMenu | typeof ContextMenu;

function entries(Parts: Parts, list: readonly MenuEntry[]): ReactNode {
  return list.map((entry, i) =>
    entry === null ? (
      <Parts.Separator key={i} className={styles.line} />
    ) : (
      <Parts.Item
        key={entry.label}
        className={`${styles.item} ${entry.danger ? styles.danger : ''}`}
        disabled={entry.disabled ?? false}
        onSelect={entry.run}
        {...(entry.chosen !== undefined && { role: 'menuitemradio', 'aria-checked': entry.chosen })}
      >
        {entry.icon}
        {entry.label}
        {entry.keys !== undefined && <span className={styles.keys}>{entry.keys}</span>}
        {entry.chosen && <Check className={styles.check} size={14} />}
      </Parts.Item>
    ),
  );
}

/** Where menus are in the document: what is outside of landmarks is hard to find for who can't see it. */
function landmark(): HTMLElement | null {
  return document.querySelector('main');
}

/** A menu behind a button. */
export function Menu({
  label,
  list,
  children,
  align = 'end',
}: {
  label?: string;
  list: readonly MenuEntry[];
  children: ReactNode;
  align?: 'start' | 'end';
}) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{children}</DropdownMenu.Trigger>
      <DropdownMenu.Portal container={landmark()}>
        <DropdownMenu.Content className={styles.menu} align={align} sideOffset={4} collisionPadding={8}>
          {label !== undefined && <DropdownMenu.Label className={styles.label}>{label}</DropdownMenu.Label>}
          {entries(DropdownMenu, list)}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** The menu of what was pressed with the other button; the entries are asked for when it opens. */
export function ContextArea({
  list,
  children,
  onOpenChange,
}: {
  list: readonly MenuEntry[];
  children: ReactNode;
  onOpenChange?(open: boolean): void;
}) {
  return (
    <ContextMenu.Root modal={false} {...(onOpenChange && { onOpenChange })}>
      <ContextMenu.Trigger asChild>{children}</ContextMenu.Trigger>
      <ContextMenu.Portal container={landmark()}>
        <ContextMenu.Content className={styles.menu} collisionPadding={8}>
          {entries(ContextMenu, list)}
        </ContextMenu.Content>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  );
}
