import { type FormEvent, useState } from 'react';
import { sentence } from '../api/client';
import { useWindowTitle } from '../app/Head';
import { Button } from '../design/Button';
import { Field } from '../design/Field';
import { Mark } from '../design/Mark';
import styles from './LoginPage.module.css';
import { logIn } from './requests';

/** Asks who it is. */
export function LoginPage() {
  useWindowTitle('Log in');
  const [fault, setFault] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setFault(undefined);
    try {
      await logIn(String(form.get('account')), String(form.get('password')));
    } catch (failure) {
      setFault(sentence(failure));
      setBusy(false);
    }
  };
  return (
    <main className={styles.page}>
      <form className={styles.card} onSubmit={submit}>
        <div className={styles.brand}>
          <Mark size={36} />
          <h1 className={styles.title}>Syncline</h1>
        </div>
        <Field
          label="Account"
          name="account"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          defaultValue="admin"
          required
        />
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          autoFocus
          required
        />
        {fault !== undefined && (
          <p className={styles.fault} role="alert">
            {fault}
          </p>
        )}
        <Button look="main" type="submit" className={styles.submit ?? ''} disabled={busy}>
          {busy ? 'Logging in…' : 'Log in'}
        </Button>
        <p className={styles.note}>
          The first password of <code>admin</code> was printed where the server was started.
        </p>
      </form>
    </main>
  );
}
