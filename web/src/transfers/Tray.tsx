import { ArrowDownToLine, ArrowUpFromLine, ChevronDown, ChevronUp } from 'lucide-react';
import { useState } from 'react';
import { useStore } from '../design/store';
import { bytes, count, counted, duration } from '../format';
import { type LiveTransfer, transfers } from '../live/live';
import { projects } from '../projects/projects';
import styles from './Tray.module.css';

/** What all devices send and fetch now, at the page's foot; nothing where nothing moves. */
export function Tray() {
  const list = useStore(transfers);
  const [open, setOpen] = useState(false);
  if (list.length === 0) {
    return null;
  }
  const rate = list.reduce((sum, one) => sum + one.bytesPerSecond, 0);
  return (
    <section className={styles.tray} aria-label="Transfers">
      <button type="button" className={styles.head} aria-expanded={open} onClick={() => setOpen(!open)}>
        <span className={styles.pulse} aria-hidden />
        <span>{counted(list.length, 'transfer')}</span>
        <span className={`${styles.rate} numbers`}>{bytes(rate)}/s</span>
        {open ? <ChevronDown size={16} /> : <ChevronUp size={16} />}
      </button>
      {open && (
        <ul className={styles.list}>
          {list.map(one => (
            <Row key={one.key} transfer={one} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Row({ transfer }: { transfer: LiveTransfer }) {
  const known = useStore(projects);
  const project = known?.find(found => found.id === transfer.project)?.name ?? '';
  const up = transfer.direction === 'upload';
  const left = transfer.bytesTotal - transfer.bytesDone;
  const what = transfer.name ?? `${count(transfer.filesDone)} of ${counted(transfer.filesTotal, 'file')}`;
  return (
    <li className={styles.row}>
      {up ? (
        <ArrowUpFromLine size={16} aria-label="sends" />
      ) : (
        <ArrowDownToLine size={16} aria-label="fetches" />
      )}
      <div className={styles.text}>
        <p className={styles.what}>
          <strong>{transfer.deviceName}</strong> {what}
          <span className={styles.soft}> · {project}</span>
        </p>
        <progress
          className={styles.bar}
          max={Math.max(1, transfer.bytesTotal)}
          value={transfer.bytesDone}
          aria-label={`${transfer.deviceName}: ${what}`}
        />
      </div>
      <p className={`${styles.numbers} numbers`}>
        {bytes(transfer.bytesDone)} of {bytes(transfer.bytesTotal)}
        <br />
        {bytes(transfer.bytesPerSecond)}/s
        {transfer.bytesPerSecond > 0 && left > 0 && `, ${duration(left / transfer.bytesPerSecond)} left`}
      </p>
    </li>
  );
}
