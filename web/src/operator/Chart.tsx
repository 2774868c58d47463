import { useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useTheme } from '../design/theme';
import styles from './Chart.module.css';
import { axisTop, figures, type Line, lonely, momentAt, secondAt } from './series';

/** The height of a plot with its axes, in pixels. */
const HEIGHT = 176;

/** Plots of one page show the same moment under the pointer. */
const SYNC = 'operator';

/** Steps between two ticks of the time axis, in seconds. */
const TIME_STEPS = [60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 14_400, 21_600, 43_200];

/** Roughly how wide a character of an axis is, in pixels. */
const CHARACTER = 6.6;

interface ChartProps {
  title: string;
  /** The columns' times, in seconds since 1970, ascending. */
  times: readonly number[];
  lines: readonly Line[];
  /** A value with its unit. */
  format(value: number): string;
  /** The smallest top of the axis: below it a line is flat. */
  least: number;
  /** The moments at the plot's ends, in seconds since 1970. */
  from: number;
  to: number;
}

/** Lines over time; the same as words, and as a table for who doesn't see lines. */
export function Chart({ title, times, lines, format, least, from, to }: ChartProps) {
  const [at, setAt] = useState<number>();
  const id = useId();
  const facts = lines.map(line => ({ line, ...figures(times, line.values) }));
  const said = facts
    .map(({ line, now, most, mostAt }) =>
      most === undefined || mostAt === undefined
        ? `${line.label}: nothing yet`
        : `${line.label}: ${now === undefined ? 'nothing' : format(now)} now, at most ${format(most)} at ${momentAt(mostAt)}`,
    )
    .join('; ');
  return (
    <figure className={styles.chart} aria-labelledby={id}>
      <figcaption className={styles.caption}>
        <h3 id={id} className={styles.title}>
          {title}
        </h3>
        <ul className={styles.legend}>
          {facts.map(({ line, now }) => (
            <li key={line.label}>
              <span className={`${styles.swatch} ${styles[line.tone]}`} aria-hidden />
              {line.label}
              <strong className="numbers">{now === undefined ? '–' : format(now)}</strong>
            </li>
          ))}
        </ul>
      </figcaption>
      <Plot
        {...{ title, times, lines, format, least, from, to, at }}
        said={`${title}. ${said}.`}
        onPoint={setAt}
      />
      <details className={styles.table}>
        <summary>
          As a table<span className="visually-hidden">: {title}</span>
        </summary>
        <table className="numbers">
          <thead>
            <tr>
              <th scope="col">Line</th>
              <th scope="col">Now</th>
              <th scope="col">Mean</th>
              <th scope="col">Most</th>
              <th scope="col">Most at</th>
            </tr>
          </thead>
          <tbody>
            {facts.map(({ line, now, mean, most, mostAt }) => (
              <tr key={line.label}>
                <th scope="row">{line.label}</th>
                <td>{now === undefined ? '–' : format(now)}</td>
                <td>{mean === undefined ? '–' : format(mean)}</td>
                <td>{most === undefined ? '–' : format(most)}</td>
                <td>{mostAt === undefined ? '–' : momentAt(mostAt)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

interface PlotProps extends ChartProps {
  said: string;
  /** The column under the pointer, or that the keyboard chose. */
  at: number | undefined;
  onPoint(index: number | undefined): void;
}

function Plot({ title, times, lines, format, least, from, to, said, at, onPoint }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(null);
  const latest = useRef({ lines, format, least, from, to, onPoint });
  latest.current = { lines, format, least, from, to, onPoint };
  const theme = useTheme();
  const shape = lines.map(line => line.label).join('\n');

  // biome-ignore lint/correctness/useExhaustiveDependencies: made once for its lines; what changes is read from `latest`
  useLayoutEffect(() => {
    const element = place.current;
    if (element === null) {
      return;
    }
    const made = new UPlot(options(element, latest), aligned(times, lines), element);
    plot.current = made;
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0 && element.clientWidth !== made.width) {
        made.setSize({ width: element.clientWidth, height: HEIGHT });
      }
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [shape]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the ends of the plot are read when the data are set
  useEffect(() => {
    plot.current?.setData(aligned(times, lines));
  }, [times, lines, from, to]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn again in the colours of another theme
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const draw = () => plot.current?.redraw(false);
    draw();
    query.addEventListener('change', draw);
    return () => query.removeEventListener('change', draw);
  }, [theme]);

  const point = (index: number) => {
    const time = times[index];
    if (plot.current !== null && time !== undefined) {
      plot.current.setCursor({ left: plot.current.valToPos(time, 'x'), top: 1 });
    }
  };
  const last = times.length - 1;
  const time = at === undefined ? undefined : times[at];
  const values = (index: number) =>
    lines.map(line => {
      const value = line.values[index];
      return { line, words: value === undefined || value === null ? 'nothing' : format(value) };
    });
  return (
    <div className={styles.plot}>
      <div ref={place} className={styles.canvas} role="img" aria-label={said} />
      {last >= 0 && (
        <input
          type="range"
          className={styles.keys}
          aria-label={`Moment in ${title}`}
          aria-valuetext={
            time === undefined || at === undefined
              ? 'Arrows go through the moments'
              : `${secondAt(time)}: ${values(at)
                  .map(({ line, words }) => `${line.label} ${words}`)
                  .join(', ')}`
          }
          min={0}
          max={last}
          value={Math.min(at ?? last, last)}
          onFocus={() => point(at ?? last)}
          onBlur={() => plot.current?.setCursor({ left: -10, top: -10 })}
          onChange={event => point(Number(event.target.value))}
        />
      )}
      {at !== undefined && time !== undefined && plot.current !== null && (
        <div className={styles.tip} style={tipPlace(plot.current, time)} aria-hidden>
          <p>{secondAt(time)}</p>
          {values(at).map(({ line, words }) => (
            <p key={line.label}>
              <span className={`${styles.swatch} ${styles[line.tone]}`} />
              {line.label}
              <strong className="numbers">{words}</strong>
            </p>
          ))}
        </div>
      )}
    </div>
  );
}

/** Beside the moment, on the side where there is more room. */
function tipPlace(plot: UPlot, time: number) {
  const left = plot.over.offsetLeft + plot.valToPos(time, 'x');
  return left > plot.width / 2 ? { right: plot.width - left + 10 } : { left: left + 10 };
}

function aligned(times: readonly number[], lines: readonly Line[]): UPlot.AlignedData {
  return [[...times], ...lines.map(line => [...line.values])];
}

type Latest = { current: Pick<PlotProps, 'lines' | 'format' | 'least' | 'from' | 'to' | 'onPoint'> };

function options(element: HTMLElement, latest: Latest): UPlot.Options {
  const colour = (name: string) => () => colourOf(element, name);
  const font = `12px ${getComputedStyle(element).fontFamily}`;
  const axis = {
    font,
    stroke: colour('--color-text-soft'),
    ticks: { show: false },
  };
  return {
    width: Math.max(1, element.clientWidth),
    height: HEIGHT,
    legend: { show: false },
    padding: [8, 20, 0, 0],
    cursor: {
      y: false,
      drag: { x: false, y: false },
      sync: { key: SYNC },
      points: { size: 7 },
    },
    scales: {
      x: { range: () => [latest.current.from, latest.current.to] },
      y: { range: (_plot, _min, max) => [0, axisTop(max ?? 0, latest.current.least)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 28,
        space: 64,
        incrs: TIME_STEPS,
        values: (_plot, splits) => splits.map(momentAt),
      },
      {
        ...axis,
        grid: { stroke: colour('--color-line'), width: 1 },
        space: 36,
        gap: 8,
        values: (_plot, splits) => splits.map(latest.current.format),
        size: (_plot, values) =>
          16 + CHARACTER * (values ?? []).reduce((most, value) => Math.max(most, value.length), 2),
      },
    ],
    series: [
      {},
      ...latest.current.lines.map(line => {
        const stroke = colour(`--color-series-${line.tone}`);
        return {
          label: line.label,
          stroke,
          width: 1.5,
          ...(line.dashed && { dash: [5, 3] }),
          ...(line.filled && { fill: colour(`--color-series-${line.tone}-back`) }),
          points: {
            size: 4,
            fill: stroke,
            // A value between two that are missing has no line: it is a dot.
            filter: (plot: UPlot, index: number) => lonely(plot.data[index] ?? []),
          },
        };
      }),
    ],
    hooks: {
      setCursor: [
        plot => {
          const { left, idx } = plot.cursor;
          latest.current.onPoint(left === undefined || left < 0 || idx === null ? undefined : idx);
        },
      ],
    },
  };
}

/** What a token is in the theme that holds; a canvas takes no variables. */
function colourOf(element: HTMLElement, token: string): string {
  element.style.color = `var(${token})`;
  const found = getComputedStyle(element).color;
  element.style.color = '';
  return found;
}
