import { X } from 'lucide-react';
import { createStore, useStore } from './store';
import styles from './Toasts.module.css';

interface Toast {
  id: number;
  text: string;
  bad: boolean;
  action?: { label: string; run(): void } | undefined;
}

/** Most at once; the oldest goes. What is said again is said once. */
const TOASTS_MAX = 3;

/** How long one stays; one with something to do stays longer. */
const PLAIN_MILLIS = 5_000;
const ACTION_MILLIS = 12_000;

const toasts = createStore<readonly Toast[]>([]);
let next = 1;

function add(text: string, bad: boolean, action?: Toast['action']): number {
  const id = next++;
  toasts.set(now =>
    [...now.filter(toast => toast.text !== text), { id, text, bad, action }].slice(-TOASTS_MAX),
  );
  setTimeout(() => dismiss(id), action || bad ? ACTION_MILLIS : PLAIN_MILLIS);
  return id;
}

/** Says that something was done, perhaps with a way back. */
export function say(text: string, action?: { label: string; run(): void }): number {
  return add(text, false, action);
}

/** Says that something failed. */
export function complain(text: string): number {
  return add(text, true);
}

export function dismiss(id: number): void {
  toasts.set(now => now.filter(toast => toast.id !== id));
}

/** Where they appear; once in the page. */
export function Toasts() {
  const list = useStore(toasts);
  return (
    <section className={styles.region} aria-label="Messages">
      {list.map(toast => (
        <div
          key={toast.id}
          role={toast.bad ? 'alert' : 'status'}
          className={`${styles.toast} ${toast.bad ? styles.bad : ''}`}
        >
          <p className={styles.text}>{toast.text}</p>
          {toast.action && (
            <button
              type="button"
              className={styles.action}
              onClick={() => {
                dismiss(toast.id);
                toast.action?.run();
              }}
            >
              {toast.action.label}
            </button>
          )}
          <button
            type="button"
            className={styles.action}
            aria-label="Dismiss"
            onClick={() => dismiss(toast.id)}
          >
            <X size={16} />
          </button>
        </div>
      ))}
    </section>
  );
}
