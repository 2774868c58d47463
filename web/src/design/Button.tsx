import type { ComponentProps, ReactNode } from 'react';
import styles from './Button.module.css';
import { Tip } from './Tip';

type Look = 'plain' | 'main' | 'danger' | 'quiet';

interface ButtonProps extends ComponentProps<'button'> {
  look?: Look;
  small?: boolean;
}

/** Something to press. `main` is the one thing that a page or dialog is about. */
export function Button({ look = 'plain', small = false, className, type = 'button', ...rest }: ButtonProps) {
  return <button type={type} className={buttonClass(look, small, className)} {...rest} />;
}

/** The looks of a button, for a link that is to look like one. */
export function buttonClass(look: Look, small = false, more?: string): string {
  return [styles.button, styles[look], small && styles.small, more].filter(Boolean).join(' ');
}

interface IconButtonProps extends Omit<ButtonProps, 'children'> {
  /** What it does: its name for who can't see the icon, and its tip. */
  label: string;
  icon: ReactNode;
  /** How the keyboard does the same, shown in the tip. */
  keys?: string;
}

/** A button that shows an icon only. */
export function IconButton({ label, icon, keys, look = 'quiet', className, ...rest }: IconButtonProps) {
  return (
    <Tip text={label} keys={keys}>
      <Button look={look} className={`${styles.icon} ${className ?? ''}`} aria-label={label} {...rest}>
        {icon}
      </Button>
    </Tip>
  );
}
