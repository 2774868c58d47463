import { CircleAlert, CircleCheck, CircleDashed, CircleX } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import styles from './Rows.module.css';

/** A part of a page with a heading and what can be done there. */
export function Section({
  title,
  note,
  actions,
  children,
}: {
  title: string;
  note?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className={styles.section} aria-label={title}>
      <div className={styles.head}>
        <div className={styles.words}>
          <h2 className={styles.title}>{title}</h2>
          {note !== undefined && <p className={styles.note}>{note}</p>}
        </div>
        {actions}
      </div>
      {children}
    </section>
  );
}

/** A short list of things, each a row with what can be done to it. */
export function Rows({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul className={styles.rows} aria-label={label}>
      {children}
    </ul>
  );
}

/** One thing: what it is, a line about it, how it is, and what can be done. */
export function Row({
  icon,
  title,
  note,
  state,
  actions,
  children,
}: {
  icon?: ReactNode;
  title: ReactNode;
  note?: ReactNode;
  state?: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <li className={styles.row}>
      <div className={styles.line}>
        {icon !== undefined && <div className={styles.icon}>{icon}</div>}
        <div className={styles.words}>
          <div className={styles.name}>{title}</div>
          {note !== undefined && <div className={styles.note}>{note}</div>}
        </div>
        {state !== undefined && <div className={styles.state}>{state}</div>}
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </div>
      {children}
    </li>
  );
}

/** How something is: in step, needs care, wrong, or nothing to say. */
export type Tone = 'good' | 'care' | 'bad' | 'soft';

const TONES = { good: CircleCheck, care: CircleAlert, bad: CircleX, soft: CircleDashed };

/** A state in words; the colour and the icon only say it again. */
export function State({ tone, children }: { tone: Tone; children: ReactNode }) {
  const Icon = TONES[tone];
  return (
    <span className={`${styles.chip} ${styles[tone]}`}>
      <Icon size={14} aria-hidden />
      <span>{children}</span>
    </span>
  );
}

/** A choice among few words; the browser's own, which every keyboard and screen reader knows. */
export function Select({
  label,
  shown = false,
  className,
  children,
  ...rest
}: ComponentProps<'select'> & { label: string; shown?: boolean }) {
  return (
    <label className={`${styles.choice} ${className ?? ''}`}>
      <span className={shown ? styles.label : 'visually-hidden'}>{label}</span>
      <select className={styles.select} {...rest}>
        {children}
      </select>
    </label>
  );
}
