import { expect, test } from 'vitest';
import { parseBytes, parseSeconds, typedBytes, typedSeconds } from './units';

test('sizes are read as people type them', () => {
  const table: [string, number | undefined][] = [
    ['500 GB', 500e9],
    ['500GB', 500e9],
    ['500g', 500e9],
    [' 1.5 TB ', 1.5e12],
    ['1,5 tb', 1.5e12],
    ['64 KiB', 65_536],
    ['1.5 TiB', 1.5 * 1024 ** 4],
    ['2048', 2048],
    ['2048 B', 2048],
    ['1 byte', 1],
    ['12 bytes', 12],
    ['0', 0],
    ['', undefined],
    ['GB', undefined],
    ['-1 GB', undefined],
    ['1e9', undefined],
    ['5 iB', undefined],
    ['five GB', undefined],
    ['1.2.3 GB', undefined],
    ['9007199254740993', undefined],
    ['10 PB', undefined],
  ];
  for (const [text, bytes] of table) {
    expect(parseBytes(text), text).toBe(bytes);
  }
});

test('what a field shows is read back as the same number of bytes', () => {
  let seed = 7;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  for (let i = 0; i < 2000; i++) {
    const digits = 10 ** Math.floor(random() * 15);
    const bytes = Math.floor(random() * 9 + 1) * digits + (i % 2 ? Math.floor(random() * 1000) : 0);
    expect(parseBytes(typedBytes(bytes)), typedBytes(bytes)).toBe(bytes);
  }
  expect(typedBytes(500e9)).toBe('500 GB');
  expect(typedBytes(1.5e12)).toBe('1.5 TB');
  expect(typedBytes(1000)).toBe('1 kB');
  expect(typedBytes(1234)).toBe('1.234 kB');
  expect(typedBytes(1)).toBe('1 byte');
  expect(typedBytes(0)).toBe('0 bytes');
  expect(typedBytes(2 ** 50)).toBe('1 PiB');
  expect(typedBytes(64 * 2 ** 30)).toBe('64 GiB');
  expect(typedBytes(123_456_789)).toBe('123456789 bytes');
});

test('spans are read as people type them, and shown exactly', () => {
  const table: [string, number | undefined][] = [
    ['30 days', 2_592_000],
    ['1 day', 86_400],
    ['2d', 172_800],
    ['1.5 h', 5_400],
    ['90 min', 5_400],
    ['10 s', 10],
    ['45', 45],
    ['3 weeks', undefined],
    ['', undefined],
    ['-1 s', undefined],
    ['day', undefined],
  ];
  for (const [text, seconds] of table) {
    expect(parseSeconds(text), text).toBe(seconds);
  }
  for (let seconds = 0; seconds < 400_000; seconds += 37) {
    expect(parseSeconds(typedSeconds(seconds))).toBe(seconds);
  }
  expect(typedSeconds(2_592_000)).toBe('30 days');
  expect(typedSeconds(86_400)).toBe('1 day');
  expect(typedSeconds(5_400)).toBe('90 minutes');
});
