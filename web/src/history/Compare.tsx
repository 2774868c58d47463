import { FileQuestion } from 'lucide-react';
import { useCallback, useMemo, useState } from 'react';
import { type Node, refusal, sentence } from '../api/client';
import { Button } from '../design/Button';
import { Choice } from '../design/Choice';
import { Empty, Waiting } from '../design/Empty';
import { lookOf } from '../files/kinds';
import { bytes, count, counted } from '../format';
import { useAnswer } from '../projects/WithProject';
import styles from './Compare.module.css';
import { type DiffRow, diff, lines, rows } from './diff';

/** One side of a comparison: what it is, and where its bytes are. */
export interface Side {
  label: string;
  node: Node;
  address: string;
}

/** Larger texts aren't compared in the page. */
const TEXT_BYTES_MAX = 1_000_000;

/** Most rows drawn at once; more are asked for by a button. */
const ROWS_MAX = 2_000;

/** Two versions side by side: texts line by line, images beside or over one another, else in figures. */
export function Compare({ left, right }: { left: Side; right: Side }) {
  if (left.node.hash === right.node.hash && left.node.size === right.node.size) {
    return <p className={styles.note}>Both have the same content.</p>;
  }
  const looks = [lookOf(left.node), lookOf(right.node)];
  if (looks.every(look => look === 'image')) {
    return <Images left={left} right={right} />;
  }
  const large = [left, right].some(side => (side.node.size ?? 0) > TEXT_BYTES_MAX);
  return large || looks.some(look => look !== 'text' && look !== 'other') ? (
    <Figures left={left} right={right} />
  ) : (
    <Texts key={`${left.address} ${right.address}`} left={left} right={right} />
  );
}

async function readText({ node, address }: Side): Promise<string | undefined> {
  if ((node.size ?? 0) === 0) {
    return '';
  }
  const response = await fetch(address);
  if (!response.ok) {
    throw await refusal(response);
  }
  const read = new Uint8Array(await response.arrayBuffer());
  try {
    return read.includes(0) ? undefined : new TextDecoder('utf-8', { fatal: true }).decode(read);
  } catch {
    return undefined;
  }
}

function Texts({ left, right }: { left: Side; right: Side }) {
  const ask = useCallback(
    async () => ({ left: await readText(left), right: await readText(right) }),
    [left, right],
  );
  const { found, fault } = useAnswer(ask);
  if (fault !== undefined) {
    return <Empty icon={<FileQuestion />} title="These can’t be compared" text={sentence(fault)} />;
  }
  if (found === undefined) {
    return <Waiting label="Reading both versions" />;
  }
  return found.left === undefined || found.right === undefined ? (
    <Figures left={left} right={right} />
  ) : (
    <Lines sides={[left.label, right.label]} texts={[found.left, found.right]} />
  );
}

function Lines({ sides, texts }: { sides: [string, string]; texts: [string, string] }) {
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const [most, setMost] = useState(ROWS_MAX);
  const { a, b, hunks } = useMemo(() => {
    const a = lines(texts[0]);
    const b = lines(texts[1]);
    return { a, b, hunks: diff(a, b) };
  }, [texts]);
  const shown = useMemo(() => rows(hunks, opened), [hunks, opened]);
  const removed = hunks.reduce((sum, hunk) => sum + (hunk.kind === 'changed' ? hunk.leftCount : 0), 0);
  const added = hunks.reduce((sum, hunk) => sum + (hunk.kind === 'changed' ? hunk.rightCount : 0), 0);
  if (removed + added === 0) {
    return <p className={styles.note}>All lines are the same; only how they end differs.</p>;
  }
  return (
    <div className={styles.frame}>
      <div className={styles.sides}>
        <p>
          <strong>{sides[0]}</strong> <span className={styles.minus}>−{counted(removed, 'line')}</span>
        </p>
        <p>
          <strong>{sides[1]}</strong> <span className={styles.plus}>+{counted(added, 'line')}</span>
        </p>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section className={styles.scroll} tabIndex={0} aria-label="Differences by line">
        <table className={styles.table}>
          <colgroup>
            <col className={styles.numbers} />
            <col />
            <col className={styles.numbers} />
            <col />
          </colgroup>
          <thead className="visually-hidden">
            <tr>
              <th>Line</th>
              <th>{sides[0]}</th>
              <th>Line</th>
              <th>{sides[1]}</th>
            </tr>
          </thead>
          <tbody>
            {shown.slice(0, most).map((row, i) => (
              <LineRow
                key={i}
                row={row}
                left={a}
                right={b}
                onOpen={at => setOpened(now => new Set([...now, at]))}
              />
            ))}
          </tbody>
        </table>
        {shown.length > most && (
          <Button className={styles.more ?? ''} onClick={() => setMost(n => n + ROWS_MAX)}>
            Show more of {count(shown.length)} rows
          </Button>
        )}
      </section>
    </div>
  );
}

function LineRow({
  row,
  left,
  right,
  onOpen,
}: {
  row: DiffRow;
  left: readonly string[];
  right: readonly string[];
  onOpen(at: number): void;
}) {
  if (row.kind === 'folded') {
    return (
      <tr>
        <td colSpan={4} className={styles.folded}>
          <button type="button" onClick={() => onOpen(row.at)}>
            {counted(row.count, 'line')} that {row.count === 1 ? 'is' : 'are'} the same
          </button>
        </td>
      </tr>
    );
  }
  const changed = row.kind === 'changed';
  return (
    <tr className={changed ? styles.changed : styles.same}>
      <td className={styles.number}>{row.left === undefined ? '' : row.left + 1}</td>
      <Line
        text={row.left === undefined ? undefined : left[row.left]}
        look={changed ? 'removed' : undefined}
      />
      <td className={styles.number}>{row.right === undefined ? '' : row.right + 1}</td>
      <Line
        text={row.right === undefined ? undefined : right[row.right]}
        look={changed ? 'added' : undefined}
      />
    </tr>
  );
}

function Line({ text, look }: { text: string | undefined; look: 'removed' | 'added' | undefined }) {
  if (text === undefined) {
    return <td className={`${styles.text} ${styles.none}`} />;
  }
  return (
    <td className={`${styles.text} ${look === undefined ? '' : styles[look]}`}>
      {look !== undefined && <span className={styles.sign}>{look === 'added' ? '+' : '−'}</span>}
      {look === 'removed' ? <del>{text}</del> : look === 'added' ? <ins>{text}</ins> : text}
    </td>
  );
}

const MODES = [
  ['beside', 'Side by side'],
  ['over', 'Over one another'],
] as const;

type Mode = (typeof MODES)[number][0];

function Images({ left, right }: { left: Side; right: Side }) {
  const [mode, setMode] = useState<Mode>('beside');
  const [share, setShare] = useState(50);
  return (
    <div>
      <div className={styles.modes}>
        <Choice<Mode> label="How the images are shown" options={MODES} value={mode} onChange={setMode} />
      </div>
      {mode === 'over' ? (
        <>
          <div className={styles.stack}>
            <Picture side={left} />
            <div className={styles.top} style={{ clipPath: `inset(0 0 0 ${share}%)` }}>
              <Picture side={right} />
            </div>
            <div className={styles.edge} style={{ left: `${share}%` }} aria-hidden />
          </div>
          <label className={styles.slider}>
            <span>{left.label}</span>
            <input
              type="range"
              min={0}
              max={100}
              value={share}
              aria-label={`How much of ${left.label} is shown over ${right.label}`}
              onChange={event => setShare(Number(event.target.value))}
            />
            <span>{right.label}</span>
          </label>
        </>
      ) : (
        <div className={styles.pair}>
          {[left, right].map(side => (
            <figure key={side.address} className={styles.figure}>
              <Picture side={side} />
              <figcaption>
                <strong>{side.label}</strong> {bytes(side.node.size ?? 0)}
              </figcaption>
            </figure>
          ))}
        </div>
      )}
    </div>
  );
}

function Picture({ side }: { side: Side }) {
  return <img className={styles.image} src={`${side.address}?inline=true`} alt={side.label} />;
}

/** What can be said of content that isn't shown. */
function Figures({ left, right }: { left: Side; right: Side }) {
  const grown = (right.node.size ?? 0) - (left.node.size ?? 0);
  return (
    <div className={styles.pair}>
      {[left, right].map(side => (
        <div key={side.address} className={styles.facts}>
          <FileQuestion size={28} aria-hidden />
          <strong>{side.label}</strong>
          <p>{bytes(side.node.size ?? 0)}</p>
          <a href={side.address} download={side.node.name}>
            Download
          </a>
        </div>
      ))}
      <p className={styles.note}>
        {grown === 0
          ? 'Of the same size, with other content.'
          : `${bytes(Math.abs(grown))} ${grown > 0 ? 'more' : 'less'} on the right.`}{' '}
        Content of this kind isn’t compared in the page.
      </p>
    </div>
  );
}
