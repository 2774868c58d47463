import { describe, expect, it } from 'vitest';
import { ago, bytes, counted, duration, millisOf } from './format';

describe('bytes', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1000, '1.0 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [2 ** 53, '9.0 PB'],
  ])('%d is %s', (size, said) => expect(bytes(size)).toBe(said));
});

describe('times', () => {
  it('drop what is below a millisecond, before 1970 too', () => {
    expect(millisOf('1767323045678901234')).toBe(1767323045678);
    expect(millisOf('-1500000')).toBe(-1);
    expect(millisOf(undefined)).toBeUndefined();
  });

  it('are said from now', () => {
    expect(ago(0, 30_000)).toBe('just now');
    expect(ago(0, 3 * 60_000)).toBe('3 minutes ago');
  });

  it('last', () => {
    expect(duration(0.2)).toBe('1 s');
    expect(duration(3_900)).toBe('1 h 5 min');
  });
});

describe('counted', () => {
  it('knows one from many', () => {
    expect(counted(1, 'file')).toBe('1 file');
    expect(counted(0, 'entry', 'entries')).toBe('0 entries');
  });
});
