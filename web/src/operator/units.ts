/** Sizes that people type: `500 GB`, `1.5 TiB`, `750 MB`, `2048`. */

const DECIMAL = ['', 'k', 'm', 'g', 't', 'p'];

const SIZE = /^(\d+(?:[.,]\d+)?)\s*(?:([kmgtp]?)(i?)b|([kmgtp]))?$|^(\d+)\s*bytes?$/i;

/** Bytes of a size as people type it; undefined where it isn't one, or isn't a whole number below 2^53. */
export function parseBytes(text: string): number | undefined {
  const found = SIZE.exec(text.trim());
  if (found === null) {
    return undefined;
  }
  const [, number = found[5] ?? '', letter = found[4] ?? '', binary] = found;
  const unit = (binary ? 1024 : 1000) ** DECIMAL.indexOf(letter.toLowerCase());
  const bytes = Math.round(Number(number.replace(',', '.')) * unit);
  return Number.isSafeInteger(bytes) && !(letter === '' && binary) ? bytes : undefined;
}

/** A size for a field: exact, and as short as that allows: `500 GB`, `64 GiB`, `123456789 bytes`. */
export function typedBytes(bytes: number): string {
  for (let power = DECIMAL.length - 1; power > 0; power--) {
    const value = bytes / 1000 ** power;
    const words = `${value}`;
    if (value >= 1 && words.length <= 7 && Math.round(value * 1000 ** power) === bytes) {
      const letter = DECIMAL[power] ?? '';
      return `${words} ${power === 1 ? letter : letter.toUpperCase()}B`;
    }
  }
  for (let power = DECIMAL.length - 1; power > 0; power--) {
    const value = bytes / 1024 ** power;
    if (Number.isInteger(value)) {
      return value === 0 ? '0 bytes' : `${value} ${DECIMAL[power]?.toUpperCase()}iB`;
    }
  }
  return bytes === 1 ? '1 byte' : `${bytes} bytes`;
}

/** Spans that people type: `30 days`, `6 h`, `90 seconds`; the longest first. */
const SPANS: readonly [string, number, RegExp][] = [
  ['day', 86_400, /^d(ays?)?$/],
  ['hour', 3_600, /^h(ours?)?$/],
  ['minute', 60, /^m(in(utes?)?)?$/],
  ['second', 1, /^s(ec(onds?)?)?$/],
];

const SPAN = /^(\d+(?:[.,]\d+)?)\s*([a-z]*)$/i;

/** Seconds of a span as people type it, a plain number being seconds; undefined where it isn't one. */
export function parseSeconds(text: string): number | undefined {
  const found = SPAN.exec(text.trim());
  const [, number = '', word = ''] = found ?? [];
  const span = SPANS.find(([, , words]) => words.test(word === '' ? 's' : word.toLowerCase()));
  if (found === null || span === undefined) {
    return undefined;
  }
  const seconds = Math.round(Number(number.replace(',', '.')) * span[1]);
  return Number.isSafeInteger(seconds) ? seconds : undefined;
}

/** A span for a field, exact: `30 days`, `90 minutes`, `1 second`. */
export function typedSeconds(seconds: number): string {
  const [word, length] = SPANS.find(([, found]) => seconds >= found && seconds % found === 0) ?? [
    'second',
    1,
  ];
  const value = seconds / length;
  return `${value} ${word}${value === 1 ? '' : 's'}`;
}
