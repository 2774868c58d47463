import { bytes, count, counted, duration } from '../format';

/** A figure without digits that say nothing: `1,204`, `12`, `3.4`, `0.25`. */
export function rounded(value: number): string {
  return value >= 10 || Number.isInteger(value)
    ? count(Math.round(value))
    : `${Number(value.toPrecision(2))}`;
}

export function perSecond(value: number): string {
  return `${rounded(value)}/s`;
}

/** A time of milliseconds; from one second on in seconds. */
export function millis(value: number): string {
  return value >= 1_000 ? `${rounded(value / 1000)} s` : `${rounded(value)} ms`;
}

/** A size for the tick of an axis: `20 MB`, `0 B`. */
export function size(value: number): string {
  return bytes(Math.round(value))
    .replace('.0 ', ' ')
    .replace(/ bytes?$/, ' B');
}

export function sizePerSecond(value: number): string {
  return `${size(value)}/s`;
}

const DAY_SECONDS = 86_400;

/** How long something is up: `5 min`, `3 h 20 min`, `12 days`. */
export function uptime(seconds: number): string {
  return seconds < 2 * DAY_SECONDS ? duration(seconds) : counted(Math.floor(seconds / DAY_SECONDS), 'day');
}
