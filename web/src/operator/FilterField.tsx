import { Search } from 'lucide-react';
import { type ComponentProps, useEffect, useState } from 'react';
import styles from '../search/SearchField.module.css';

/** How long typing must rest before anything is asked for. */
const REST_MILLIS = 250;

/** What was typed, once typing rests. */
export function useRested(typed: string): string {
  const [rested, setRested] = useState(typed);
  useEffect(() => {
    const timer = setTimeout(() => setRested(typed), REST_MILLIS);
    return () => clearTimeout(timer);
  }, [typed]);
  return rested;
}

/** Narrows a list to what begins with the typed text; Escape empties it. */
export function FilterField({
  label,
  value,
  onType,
  onKeyDown,
  ...rest
}: Omit<ComponentProps<'input'>, 'onChange'> & { label: string; value: string; onType(text: string): void }) {
  return (
    <div className={styles.form}>
      <Search size={16} aria-hidden />
      <input
        type="search"
        className={styles.field}
        aria-label={label}
        placeholder="Find an account"
        value={value}
        maxLength={255}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        onChange={event => onType(event.currentTarget.value)}
        onKeyDown={event => {
          onKeyDown?.(event);
          if (event.key === 'Escape' && !event.defaultPrevented) {
            onType('');
          }
        }}
        {...rest}
      />
    </div>
  );
}
