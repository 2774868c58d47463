import { describe, expect, test } from 'vitest';
import { keptName, parseConflict } from './names';

describe('names of conflict copies', () => {
  test('tell what they are copies of, and whose', () => {
    expect(parseConflict('report (conflict of laptop).txt')).toEqual({
      original: 'report.txt',
      device: 'laptop',
    });
    expect(parseConflict('report (conflict 12 of Ann s phone).tar')).toEqual({
      original: 'report.tar',
      device: 'Ann s phone',
    });
    expect(parseConflict('notes (conflict of laptop)')).toEqual({ original: 'notes', device: 'laptop' });
    expect(parseConflict('a (b) (conflict of c).ä1')).toEqual({ original: 'a (b).ä1', device: 'c' });
  });
  test('are no others', () => {
    for (const name of [
      'report.txt',
      '(conflict of laptop).txt',
      'report (conflict of ).txt',
      'report (conflict x of laptop).txt',
      'report (conflict of laptop) and more.txt',
      'report (conflict of a(b)).txt',
    ]) {
      expect(parseConflict(name), name).toBeUndefined();
    }
  });
  test('become ordinary ones where both are kept', () => {
    expect(keptName('report (conflict 2 of laptop).txt', 1)).toBe('report (laptop).txt');
    expect(keptName('report (conflict of laptop).txt', 3)).toBe('report (laptop 3).txt');
    expect(parseConflict(keptName('report (conflict of laptop).txt', 1))).toBeUndefined();
  });
});
