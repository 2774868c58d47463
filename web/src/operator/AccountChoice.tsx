import { type KeyboardEvent, useCallback, useEffect, useId, useState } from 'react';
import { useAnswer } from '../projects/WithProject';
import styles from './AccountChoice.module.css';
import { FilterField, useRested } from './FilterField';
import { listAccounts } from './requests';

/** Accounts that are offered at once; who wants another one types more of its name. */
const OFFERED = 8;

/** One account among many, found by how its name begins; none is all. */
export function AccountChoice({
  name,
  onChoose,
}: {
  /** Of the chosen one; empty for none. */
  name: string;
  onChoose(account: { id: string; name: string } | undefined): void;
}) {
  const id = useId();
  const [typed, setTyped] = useState(name);
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  useEffect(() => setTyped(name), [name]);
  const sought = useRested(typed.trim());
  const ask = useCallback(
    async () => (open ? (await listAccounts(sought, undefined)).accounts.slice(0, OFFERED) : []),
    [sought, open],
  );
  const offered = useAnswer(ask).found ?? [];
  const shown = open && offered.length > 0;
  const choose = (index: number) => {
    const account = offered[index];
    if (account !== undefined) {
      setTyped(account.name);
      setOpen(false);
      onChoose(account);
    }
  };
  const keys = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setOpen(true);
      setAt(shown ? Math.min(Math.max(at + step, 0), offered.length - 1) : 0);
    } else if (event.key === 'Enter' && shown && sought === typed.trim()) {
      event.preventDefault();
      choose(at);
    } else if (event.key === 'Escape' && shown) {
      event.preventDefault();
      setTyped(name);
      setOpen(false);
    }
  };
  return (
    <div className={styles.choice}>
      <FilterField
        label="Account"
        placeholder="All accounts"
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={shown}
        aria-controls={id}
        aria-activedescendant={shown ? `${id}-${at}` : undefined}
        value={typed}
        onType={text => {
          setTyped(text);
          setAt(0);
          setOpen(text !== '');
          if (text === '') {
            onChoose(undefined);
          }
        }}
        onKeyDown={keys}
        onBlur={() => {
          setOpen(false);
          setTyped(name);
        }}
      />
      <div id={id} role="listbox" aria-label="Accounts" className={styles.list} hidden={!shown}>
        {offered.map((account, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keyboard
          // biome-ignore lint/a11y/useFocusableInteractive: the field has the focus
          <div
            key={account.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            className={styles.option}
            // The field keeps the focus, or it would close before the click.
            onMouseDown={event => event.preventDefault()}
            onMouseEnter={() => setAt(index)}
            onClick={() => choose(index)}
          >
            {account.name}
          </div>
        ))}
      </div>
    </div>
  );
}
