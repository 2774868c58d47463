/** How values are shown to people. */

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];

/** A size as people read it: `812 bytes`, `1.4 MB`. */
export function bytes(count: number): string {
  if (count === 1) {
    return '1 byte';
  }
  let unit = 0;
  let value = count;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

const whole = new Intl.NumberFormat(undefined);

/** A count: `1,000,000`. */
export function count(n: number): string {
  return whole.format(n);
}

/** A count and what is counted: `1 file`, `12 files`. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** Milliseconds since 1970 of the protocol's nanoseconds; undefined for "not known". */
export function millisOf(nanoseconds: string | undefined): number | undefined {
  return nanoseconds === undefined ? undefined : Number(BigInt(nanoseconds) / 1_000_000n);
}

const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'long', timeStyle: 'medium' });
const thisYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const otherYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

/** A moment to the second. */
export function moment(millis: number): string {
  return full.format(millis);
}

/** A moment as short as it can be understood: `14:03`, `3 Mar`, `3 Mar 2019`. */
export function shortMoment(millis: number, now = Date.now()): string {
  const then = new Date(millis);
  const today = new Date(now);
  if (then.toDateString() === today.toDateString()) {
    return clock.format(then);
  }
  return (then.getFullYear() === today.getFullYear() ? thisYear : otherYear).format(then);
}

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600_000],
  ['month', 2_629_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** How long ago: `3 minutes ago`, `yesterday`. */
export function ago(millis: number, now = Date.now()): string {
  const passed = millis - now;
  for (const [unit, length] of STEPS) {
    if (Math.abs(passed) >= length) {
      return relative.format(Math.trunc(passed / length), unit);
    }
  }
  return 'just now';
}

/** How long something takes: `2 min`, `1 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 60) {
    return `${Math.max(1, Math.round(seconds))} s`;
  }
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
