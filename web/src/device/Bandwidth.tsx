import { Gauge } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { sentence } from '../api/client';
import { Fault } from '../design/Ask';
import { Button } from '../design/Button';
import { Dialog, DialogActions } from '../design/Dialog';
import { Field } from '../design/Field';
import { say } from '../design/Toasts';
import { type Limits, limit } from './control';
import styles from './DevicePage.module.css';
import { limitWords, readLimit } from './words';

/** How much of the line this device takes, and a way to change that. */
export function Bandwidth({ limits, onSet }: { limits: Limits; onSet(): void }) {
  const [open, setOpen] = useState(false);
  return (
    <section className={styles.device} aria-label="Bandwidth">
      <div className={styles.line}>
        <div className={styles.icon}>
          <Gauge size={18} />
        </div>
        <div className={styles.words}>
          <h2 className={styles.name}>Bandwidth</h2>
          <p className={`${styles.soft} numbers`}>{limitWords(limits)}</p>
        </div>
        <Button small onClick={() => setOpen(true)}>
          Limit…
        </Button>
      </div>
      {open && <LimitDialog limits={limits} onSet={onSet} onClose={() => setOpen(false)} />}
    </section>
  );
}

function written(rate: number | undefined): string {
  return rate === undefined ? '' : String(rate / 1_000);
}

function LimitDialog({ limits, onSet, onClose }: { limits: Limits; onSet(): void; onClose(): void }) {
  const [up, setUp] = useState(written(limits.uploadBytesPerSecond));
  const [down, setDown] = useState(written(limits.downloadBytesPerSecond));
  const [fault, setFault] = useState<string>();
  const [busy, setBusy] = useState(false);
  const upload = readLimit(up);
  const download = readLimit(down);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if ('fault' in upload || 'fault' in download) {
      return;
    }
    setBusy(true);
    setFault(undefined);
    try {
      const set = await limit({
        ...(upload.rate !== undefined && { uploadBytesPerSecond: upload.rate }),
        ...(download.rate !== undefined && { downloadBytesPerSecond: download.rate }),
      });
      say(limitWords(set));
      onSet();
      onClose();
    } catch (failure) {
      setFault(sentence(failure));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title="Limit the bandwidth"
      description="What all folders of this device together may take for the contents of files. It holds at once, and after a restart."
      onClose={onClose}
    >
      <form onSubmit={save}>
        <Field
          label="Send at most, kB a second"
          value={up}
          inputMode="decimal"
          placeholder="no limit"
          autoComplete="off"
          fault={'fault' in upload ? upload.fault : undefined}
          onChange={event => setUp(event.target.value)}
        />
        <Field
          label="Receive at most, kB a second"
          value={down}
          inputMode="decimal"
          placeholder="no limit"
          autoComplete="off"
          fault={'fault' in download ? download.fault : undefined}
          onChange={event => setDown(event.target.value)}
        />
        <Fault text={fault} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="main" type="submit" disabled={busy || 'fault' in upload || 'fault' in download}>
            Save
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
