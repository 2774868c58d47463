import { expect, test } from 'vitest';
import { axisTop, figures, lonely } from './series';

test('the top of an axis is round, above every value, and never far above', () => {
  for (let max = 0.001; max < 1e12; max *= 1.37) {
    const top = axisTop(max, 1e-6);
    expect(top).toBeGreaterThan(max);
    expect(top).toBeLessThan(max * 2.2);
    expect(Number(top.toPrecision(2))).toBeCloseTo(top, 9);
  }
  expect(axisTop(0, 1)).toBe(1);
  expect(axisTop(0.2, 1)).toBe(1);
});

test('figures leave out what is missing', () => {
  expect(figures([10, 20, 30, 40], [1, null, 5, null])).toEqual({
    now: undefined,
    mean: 3,
    most: 5,
    mostAt: 30,
  });
  expect(figures([10, 20], [2, 0])).toEqual({ now: 0, mean: 1, most: 2, mostAt: 10 });
  expect(figures([], [])).toEqual({ now: undefined, mean: undefined, most: undefined, mostAt: undefined });
});

test('a value without neighbours is a dot', () => {
  expect(lonely([null, 3, null, 4, 5, null, 6])).toEqual([1, 6]);
  expect(lonely([])).toEqual([]);
  expect(lonely([1])).toEqual([0]);
});
