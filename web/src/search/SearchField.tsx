import { Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { navigate } from '../app/router';
import styles from './SearchField.module.css';

/** How long typing must rest before it is searched. */
const REST_MILLIS = 250;

export function searchAddress(project: string, text: string): string {
  return `/projects/${project}/search?q=${encodeURIComponent(text)}`;
}

/** Finds names in the whole project while one types; Ctrl+K goes here. */
export function SearchField({ project, text = '' }: { project: string; text?: string }) {
  const [value, setValue] = useState(text);
  const field = useRef<HTMLInputElement>(null);
  const searching = text !== '';
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      const typing =
        event.target instanceof HTMLElement && event.target.closest('input, textarea, [role=dialog]');
      if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey) && !typing) {
        event.preventDefault();
        field.current?.focus();
      }
    };
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);
  useEffect(() => {
    if (value === text) {
      return;
    }
    const timer = setTimeout(() => {
      const address = value.trim() === '' ? `/projects/${project}` : searchAddress(project, value.trim());
      navigate(address, searching);
    }, REST_MILLIS);
    return () => clearTimeout(timer);
  }, [value, text, project, searching]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: <search> isn't known everywhere yet
    <div className={styles.form} role="search">
      <Search size={16} aria-hidden />
      <input
        ref={field}
        type="search"
        className={styles.field}
        aria-label="Search all names of this project"
        placeholder="Search"
        value={value}
        maxLength={255}
        autoFocus={searching}
        onChange={event => setValue(event.currentTarget.value)}
        onKeyDown={event => {
          if (event.key === 'Escape') {
            setValue('');
          }
        }}
      />
    </div>
  );
}
