import { type ReactNode, useState } from 'react';
import { sentence } from '../api/client';
import styles from './Ask.module.css';
import { Button } from './Button';
import { Dialog, DialogActions } from './Dialog';

/** Asks before something that can't be taken back; says in its place what failed. */
export function Ask({
  title,
  text,
  action,
  danger = true,
  onClose,
  run,
  children,
}: {
  title: string;
  text: string;
  action: string;
  danger?: boolean;
  onClose(): void;
  run(): Promise<unknown>;
  children?: ReactNode;
}) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const act = async () => {
    setBusy(true);
    setFault(undefined);
    try {
      await run();
      onClose();
    } catch (failure) {
      setFault(sentence(failure));
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} description={text} onClose={onClose}>
      {children}
      <Fault text={fault} />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button look={danger ? 'danger' : 'main'} onClick={act} disabled={busy}>
          {action}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

/** What failed, where a person looks; nothing without a text. */
export function Fault({ text }: { text: string | undefined }) {
  return text === undefined ? null : (
    <p className={styles.fault} role="alert">
      {text}
    </p>
  );
}
