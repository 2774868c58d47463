import { type ReactNode, useEffect } from 'react';
import styles from './Head.module.css';

/** A page's title, a line about it, and what can be done there. Names the window as well. */
export function Head({ title, note, children }: { title: string; note?: ReactNode; children?: ReactNode }) {
  useWindowTitle(title);
  return (
    <div className={styles.head}>
      <div className={styles.text}>
        <h1 className={styles.title}>{title}</h1>
        {note !== undefined && <p className={styles.note}>{note}</p>}
      </div>
      {children}
    </div>
  );
}

export function useWindowTitle(title: string): void {
  useEffect(() => {
    document.title = title === '' ? 'Syncline' : `${title} · Syncline`;
  }, [title]);
}
