import { expect, test } from 'vitest';
import { percentLess, savingsWords } from './savings';

test('savings are never rounded up, and never below nothing', () => {
  for (let before = 0; before <= 60; before++) {
    for (let after = 0; after <= 60; after++) {
      const percent = percentLess(before, after);
      expect(percent).toBeGreaterThanOrEqual(0);
      expect(percent * before).toBeLessThanOrEqual(Math.max(0, 100 * (before - after)));
      expect(percent === 0 || after < before).toBe(true);
    }
  }
});

test('no sentence claims a saving that isn’t there', () => {
  expect(savingsWords({ files: 0, unique: 0, stored: 0 })).toEqual({
    once: 'Nothing is stored yet.',
    smaller: '',
  });
  const grown = savingsWords({ files: 1e9, unique: 3e9, stored: 3.1e9 });
  expect(grown.once).toContain('more than the files have');
  expect(grown.smaller).toContain('doesn’t become smaller');
  const good = savingsWords({ files: 1e12, unique: 4e11, stored: 1e11 });
  expect(good.once).toContain('60 %');
  expect(good.smaller).toContain('75 %');
  expect(savingsWords({ files: 1000, unique: 999, stored: 998 }).once).toContain('under 1 %');
});
