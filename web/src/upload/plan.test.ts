import { describe, expect, test } from 'vitest';
import { besideName, fileItem, foldersOf, Rate } from './plan';

describe('uploading folders', () => {
  test('makes parents before children, each once', () => {
    expect(foldersOf([['a', 'b', 'f'], ['a', 'g'], ['h'], ['z', 'i']], [['e', 'empty']])).toEqual([
      'a',
      'e',
      'z',
      'a/b',
      'e/empty',
    ]);
    expect(foldersOf([['f']], [])).toEqual([]);
  });
});

describe('names beside taken ones', () => {
  test('keep the ending', () => {
    expect(besideName('report.txt', 2)).toBe('report (2).txt');
    expect(besideName('archive.tar.gz', 3)).toBe('archive.tar (3).gz');
    expect(besideName('.profile', 2)).toBe('.profile (2)');
    expect(besideName('notes', 2)).toBe('notes (2)');
  });
});

describe('a file’s item', () => {
  test('has its time in nanoseconds', () => {
    expect(fileItem({ level: 1, hash: 'ab', size: 5 }, 1_767_323_045_678)).toEqual({
      kind: 'file',
      mtime: '1767323045678000000',
      size: 5,
      level: 1,
      hash: 'ab',
    });
  });
});

describe('the rate', () => {
  test('is that of the last seconds', () => {
    const rate = new Rate(4);
    expect(rate.perSecond).toBe(0);
    for (let second = 0; second <= 10; second++) {
      rate.add(second * 1000, second < 5 ? 0 : (second - 5) * 100);
    }
    expect(rate.perSecond).toBe(100);
    rate.clear();
    expect(rate.perSecond).toBe(0);
  });
});
