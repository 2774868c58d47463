import { bytes } from '../format';
import styles from './Operator.module.css';
import type { Quota } from './requests';

/** From here on a quota is nearly used up. */
const NEARLY = 0.9;

/** How much of a quota of content is used: in words, and as a bar where there is a limit. */
export function QuotaUse({ quota }: { quota: Pick<Quota, 'bytes' | 'bytesMax'> }) {
  const { bytes: used, bytesMax } = quota;
  if (bytesMax === undefined) {
    return <span className={`${styles.use} numbers`}>{bytes(used)}, no limit</span>;
  }
  const part = bytesMax === 0 ? 1 : Math.min(1, used / bytesMax);
  return (
    <span className={`${styles.use} numbers`}>
      {bytes(used)} of {bytes(bytesMax)}
      <span className={styles.meter} aria-hidden>
        <span
          className={part >= NEARLY ? styles.full : styles.part}
          style={{ width: `${part * 100}%`, minWidth: used > 0 ? 2 : 0 }}
        />
      </span>
    </span>
  );
}
