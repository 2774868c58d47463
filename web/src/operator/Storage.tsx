import { Section } from '../design/Rows';
import { ago, bytes, counted, moment } from '../format';
import styles from './Operator.module.css';
import type { Overview } from './requests';
import { savingsWords } from './savings';

type Status = Overview['storage'];

/** What is stored, and what deduplication and compression save of it. */
export function Storage({ storage }: { storage: Status }) {
  const { contentBytes, blockBytes, storedBytes, packBytes, garbageBytes } = storage;
  const words = savingsWords({ files: contentBytes, unique: blockBytes, stored: storedBytes });
  const measured = Date.parse(storage.measuredAt);
  const bars: [string, number, string | undefined][] = [
    ['Files', contentBytes, styles.files],
    ['Different pieces', blockBytes, styles.unique],
    ['Compressed', storedBytes, styles.stored],
  ];
  if (packBytes !== undefined) {
    bars.push(['On disk, with garbage', packBytes, styles.packs]);
  }
  const longest = Math.max(1, ...bars.map(([, value]) => value));
  return (
    <Section
      title="Storage"
      note={
        <span title={moment(measured)}>
          {counted(storage.projects, 'project')} with{' '}
          {counted(storage.nodes, 'file or folder', 'files and folders')}, measured {ago(measured)}
        </span>
      }
    >
      <div className={styles.storage}>
        <dl className={styles.bars}>
          {bars.map(([label, value, tone]) => (
            <div key={label} className={styles.barRow}>
              <dt>{label}</dt>
              <dd>
                <span className={styles.track} aria-hidden>
                  <span
                    className={`${styles.bar} ${tone}`}
                    style={{ width: `${(value / longest) * 100}%`, minWidth: value > 0 ? 2 : 0 }}
                  />
                </span>
                <strong className="numbers">{bytes(value)}</strong>
              </dd>
            </div>
          ))}
        </dl>
        <div className={styles.sentences}>
          <p>{words.once}</p>
          {words.smaller !== '' && <p>{words.smaller}</p>}
          {packBytes !== undefined && garbageBytes !== undefined && (
            <p>
              {garbageBytes === 0
                ? 'No garbage waits to be removed.'
                : `With ${bytes(garbageBytes)} of garbage, pieces that nothing needs any more and that wait to be removed, there are ${bytes(packBytes)} on disk.`}
              {storage.estimated && ' Counted at the last collection.'}
            </p>
          )}
          {storage.freeBytes !== undefined && storage.diskBytes !== undefined && (
            <p>
              The disk has {bytes(storage.freeBytes)} of {bytes(storage.diskBytes)} free.
            </p>
          )}
        </div>
      </div>
    </Section>
  );
}
