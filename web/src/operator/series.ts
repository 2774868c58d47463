/** One line of a chart; a value that is missing is null. */
export interface Line {
  label: string;
  values: readonly (number | null)[];
  tone: 'one' | 'two' | 'bad';
  dashed?: boolean;
  filled?: boolean;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

/** A moment of a chart, from seconds since 1970: `14:03`. */
export function momentAt(seconds: number): string {
  return clock.format(seconds * 1000);
}

const exact = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** The same to the second: `14:03:20`. */
export function secondAt(seconds: number): string {
  return exact.format(seconds * 1000);
}

/** Tops of an axis, before powers of ten. */
const TOPS = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];

/** A round number that is at least `max` and a little room, and at least `least`, which is above 0. */
export function axisTop(max: number, least: number): number {
  const wanted = Math.max(max * 1.05, least);
  const ten = 10 ** Math.floor(Math.log10(wanted));
  return ten * (TOPS.find(top => top * ten >= wanted) ?? 10);
}

/** What a line says in numbers. */
export interface Figures {
  /** The last value, where the last column has one. */
  now: number | undefined;
  mean: number | undefined;
  most: number | undefined;
  /** When it was, in seconds since 1970. */
  mostAt: number | undefined;
}

export function figures(times: readonly number[], values: readonly (number | null)[]): Figures {
  let sum = 0;
  let known = 0;
  let most: number | undefined;
  let mostAt: number | undefined;
  for (const [i, value] of values.entries()) {
    if (value !== null) {
      sum += value;
      known++;
      if (most === undefined || value > most) {
        most = value;
        mostAt = times[i];
      }
    }
  }
  return { now: values.at(-1) ?? undefined, mean: known === 0 ? undefined : sum / known, most, mostAt };
}

/** Where values are whose neighbours are missing. */
export function lonely(values: ArrayLike<number | null | undefined>): number[] {
  const missing = (i: number) => values[i] === null || values[i] === undefined;
  const found: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (!missing(i) && missing(i - 1) && missing(i + 1)) {
      found.push(i);
    }
  }
  return found;
}
