import { useMemo } from 'react';
import { sentence } from '../api/client';
import { Fault } from '../design/Ask';
import { Choice } from '../design/Choice';
import { Waiting } from '../design/Empty';
import { Section } from '../design/Rows';
import { Chart } from './Chart';
import styles from './Operator.module.css';
import type { Series } from './requests';
import type { Line } from './series';
import { millis, perSecond, rounded, size, sizePerSecond } from './words';

/** How far back one looks, in minutes. */
export const RANGES: readonly [[number, string], ...[number, string][]] = [
  [15, '15 minutes'],
  [60, 'An hour'],
  [1440, 'A day'],
];

/** A time of 0 is that of a point in which nothing was asked. */
const asked = (values: readonly number[]) => values.map(value => (value === 0 ? null : value));

/** What the node did, as charts. */
export function OverTime({
  points,
  shown,
  fault,
  minutes,
  onMinutes,
}: {
  points: Series | undefined;
  /** The range that the points are of. */
  shown: number;
  fault: unknown;
  minutes: number;
  onMinutes(minutes: number): void;
}) {
  return (
    <Section
      title="Over time"
      note={points === undefined ? undefined : `On ${points.node}, a point every ${points.stepSeconds} s.`}
      actions={<Choice label="How far back" options={RANGES} value={minutes} onChange={onMinutes} />}
    >
      {points === undefined ? (
        fault === undefined ? (
          <Waiting />
        ) : (
          <Fault text={sentence(fault)} />
        )
      ) : (
        <Charts points={points} minutes={shown} />
      )}
    </Section>
  );
}

interface ChartOf {
  title: string;
  lines: readonly Line[];
  format(value: number): string;
  least: number;
}

function Charts({ points, minutes }: { points: Series; minutes: number }) {
  const charts = useMemo<readonly ChartOf[]>(
    () => [
      {
        title: 'Requests',
        lines: [
          { label: 'all', values: points.requestsPerSecond, tone: 'one', filled: true },
          { label: 'failed', values: points.errorsPerSecond, tone: 'bad' },
        ],
        format: perSecond,
        least: 1,
      },
      {
        title: 'Transfer',
        lines: [
          { label: 'in', values: points.bytesInPerSecond, tone: 'one', filled: true },
          { label: 'out', values: points.bytesOutPerSecond, tone: 'two', dashed: true },
        ],
        format: sizePerSecond,
        least: 1000,
      },
      {
        title: 'Time of a request',
        lines: [
          { label: 'half within', values: asked(points.requestP50Millis), tone: 'one', filled: true },
          { label: '99 of 100 within', values: asked(points.requestP99Millis), tone: 'two', dashed: true },
        ],
        format: millis,
        least: 4,
      },
      {
        title: 'Time of a commit',
        lines: [
          { label: 'half within', values: asked(points.commitP50Millis), tone: 'one', filled: true },
          { label: '99 of 100 within', values: asked(points.commitP99Millis), tone: 'two', dashed: true },
        ],
        format: millis,
        least: 4,
      },
      {
        title: 'Open event sockets',
        lines: [{ label: 'sockets', values: points.sockets, tone: 'one', filled: true }],
        format: rounded,
        least: 4,
      },
      {
        title: 'Memory',
        lines: [{ label: 'heap in use', values: points.heapUsedBytes, tone: 'one', filled: true }],
        format: size,
        least: 1e6,
      },
    ],
    [points],
  );
  const to = points.times.at(-1) ?? Date.now() / 1000;
  return (
    <div className={styles.charts}>
      {charts.map(chart => (
        <Chart key={chart.title} {...chart} times={points.times} from={to - minutes * 60} to={to} />
      ))}
    </div>
  );
}
