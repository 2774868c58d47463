import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { IconButton } from './Button';
import styles from './Dialog.module.css';

interface DialogProps {
  title: string;
  /** One sentence below the title. */
  description?: string;
  wide?: boolean;
  onClose(): void;
  children: ReactNode;
  /** Where the keyboard goes afterwards, instead of back to where it came from. */
  onCloseAutoFocus?(event: Event): void;
}

/** A question that has to be answered first. Rendered means open. */
export function Dialog({
  title,
  description,
  wide = false,
  onClose,
  children,
  onCloseAutoFocus,
}: DialogProps) {
  return (
    <Radix.Root open onOpenChange={open => open || onClose()}>
      <Radix.Portal>
        <Radix.Overlay className={styles.scrim} />
        <Radix.Content
          className={`${styles.dialog} ${wide ? styles.wide : ''}`}
          onOpenAutoFocus={focusWhole}
          {...(description === undefined && { 'aria-describedby': undefined })}
          {...(onCloseAutoFocus && { onCloseAutoFocus })}
        >
          <div className={styles.head}>
            <Radix.Title className={styles.title}>{title}</Radix.Title>
            <Radix.Close asChild>
              <IconButton
                small
                className={styles.close ?? ''}
                label="Close"
                keys="Esc"
                icon={<X size={16} />}
              />
            </Radix.Close>
          </div>
          {description !== undefined && (
            <Radix.Description className={styles.description}>{description}</Radix.Description>
          )}
          <div className={styles.body}>{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/**
 * For a dialog's `onOpenAutoFocus`, called where nothing in it asks for the keyboard: the first button would show
 * its tip, and the tip would take the first Escape.
 */
export function focusWhole(event: Event): void {
  event.preventDefault();
  if (event.currentTarget instanceof HTMLElement) {
    event.currentTarget.focus();
  }
}

/** The buttons at a dialog's end; the main one last. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className={styles.actions}>{children}</div>;
}
