import { expect, test } from 'vitest';
import { millis, perSecond, rounded, size, sizePerSecond, uptime } from './words';

test('figures have the digits that say something, and their unit', () => {
  expect([0, 0.254, 3.44, 12.6, 1204, 9.96].map(rounded)).toEqual(['0', '0.25', '3.4', '13', '1,204', '10']);
  expect(perSecond(2)).toBe('2/s');
  expect(millis(3.21)).toBe('3.2 ms');
  expect(millis(999)).toBe('999 ms');
  expect(millis(3_400)).toBe('3.4 s');
  expect(millis(12_400)).toBe('12 s');
  expect([0, 1, 999, 20e6, 1.5e9].map(size)).toEqual(['0 B', '1 B', '999 B', '20 MB', '1.5 GB']);
  expect(sizePerSecond(4e6)).toBe('4 MB/s');
  expect([59, 12_000, 172_800, 1e6].map(uptime)).toEqual(['59 s', '3 h 20 min', '2 days', '11 days']);
});
