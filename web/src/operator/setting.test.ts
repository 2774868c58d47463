import { expect, test } from 'vitest';
import { heading, judge, shown, typed } from './setting';

test('what a field shows is judged to be the same value, for every unit and within bounds', () => {
  for (const unit of ['seconds', 'bytes', 'count'] as const) {
    for (let value = 0; value < 1e12; value = value * 3 + 7) {
      expect(judge({ unit, min: 0, max: 1e13 }, typed(unit, value))).toEqual({ value });
    }
  }
});

test('a value out of bounds says the bounds, and nonsense says what to type', () => {
  const retention = { unit: 'seconds', min: 86_400, max: 315_360_000 } as const;
  expect(judge(retention, '86400')).toEqual({ value: 86_400 });
  expect(judge(retention, '86399')).toEqual({ fault: 'From 1 day to 3650 days' });
  expect(judge(retention, '3651 days')).toEqual({ fault: 'From 1 day to 3650 days' });
  expect(judge(retention, 'long').fault).toContain('30 days');
  expect(judge({ unit: 'count', min: 1, max: 5 }, '1.5').fault).toContain('whole number');
});

test('values and names are told in words', () => {
  expect(shown('switch', 1)).toBe('on');
  expect(shown('bytes', 5e11)).toBe('500 GB');
  expect(heading('history.retention')).toBe('History: retention');
  expect(heading('collector.deletionsMax')).toBe('Collector: deletions max');
  expect(heading('collector.round-interval')).toBe('Collector: round interval');
});
