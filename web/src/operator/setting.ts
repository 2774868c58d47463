import { bytes, count } from '../format';
import type { Setting } from './requests';
import { parseBytes, parseSeconds, typedBytes, typedSeconds } from './units';

type Unit = Setting['unit'];

/** A value as a field shows it, and `read` reads it back. */
export function typed(unit: Unit, value: number): string {
  switch (unit) {
    case 'seconds':
      return typedSeconds(value);
    case 'bytes':
      return typedBytes(value);
    case 'count':
    case 'switch':
      return `${value}`;
  }
}

/** Sizes of more characters are rounded for people. */
const SHORT = 10;

/** A value for people to read. */
export function shown(unit: Unit, value: number): string {
  switch (unit) {
    case 'seconds':
      return typedSeconds(value);
    case 'bytes':
      return typedBytes(value).length <= SHORT ? typedBytes(value) : bytes(value);
    case 'count':
      return count(value);
    case 'switch':
      return value === 0 ? 'off' : 'on';
  }
}

function read(unit: Unit, text: string): number | undefined {
  switch (unit) {
    case 'seconds':
      return parseSeconds(text);
    case 'bytes':
      return parseBytes(text);
    case 'count':
    case 'switch':
      return /^\d{1,15}$/.test(text.trim()) ? Number(text) : undefined;
  }
}

const EXAMPLES: Record<Unit, string> = {
  seconds: 'Type a time such as 30 days, 6 hours or 90 seconds',
  bytes: 'Type a size such as 500 GB, 1.5 TB or 64 MiB',
  count: 'Type a whole number',
  switch: 'Type 0 or 1',
};

/** What a field's text means for a setting: a value within its bounds, or what is wrong with it. */
export function judge(
  setting: Pick<Setting, 'unit' | 'min' | 'max'>,
  text: string,
): { value: number; fault?: never } | { value?: never; fault: string } {
  const { unit, min, max } = setting;
  const value = read(unit, text);
  if (value === undefined) {
    return { fault: EXAMPLES[unit] };
  }
  if (value < min || value > max) {
    return { fault: `From ${shown(unit, min)} to ${shown(unit, max)}` };
  }
  return { value };
}

/** A setting's name as a heading: `history.retention` is “History: retention”. */
export function heading(name: string): string {
  const [first = '', ...rest] = name
    .split('.')
    .map(word =>
      word
        .replaceAll(/[-_]/g, ' ')
        .replaceAll(/([a-z])([A-Z])/g, (_, end, start) => `${end} ${start.toLowerCase()}`),
    );
  const words = rest.length === 0 ? first : `${first}: ${rest.join(' ')}`;
  return words.charAt(0).toUpperCase() + words.slice(1);
}
