import { describe, expect, test } from 'vitest';
import type { LogEntry, Restored } from './requests';
import { bursts, burstWords, dayWord, summary } from './words';

const START = Date.UTC(2026, 2, 3, 12);

function entry(
  sequence: number,
  secondsBefore: number,
  action: LogEntry['action'] = 'create',
  device = 'a',
  kind = 'file',
): LogEntry {
  return {
    sequence,
    time: new Date(START - secondsBefore * 1000).toISOString(),
    device,
    deviceName: `device ${device}`,
    action,
    node: { id: sequence, parent: 0, name: `f${sequence}`, kind, sequence, device },
  };
}

describe('the timeline', () => {
  test('puts together what one device did at about one time', () => {
    const found = bursts([
      entry(9, 0),
      entry(8, 20),
      entry(7, 70, 'create', 'a', 'directory'),
      entry(6, 71, 'delete'),
      entry(5, 72, 'delete', 'b'),
      entry(4, 200, 'delete', 'b'),
    ]);
    expect(found.map(burst => burst.entries.map(one => one.sequence))).toEqual([[9, 8, 7], [6], [5], [4]]);
    expect(found.map(burstWords)).toEqual(['2 files and 1 folder', 'f6', 'f5', 'f4']);
  });
  test('names today and yesterday', () => {
    const now = new Date(2026, 2, 3, 12).getTime();
    expect(dayWord(new Date(2026, 2, 3, 0, 1).getTime(), now)).toBe('Today');
    expect(dayWord(new Date(2026, 2, 2, 23, 59).getTime(), now)).toBe('Yesterday');
    expect(dayWord(new Date(2026, 1, 27).getTime(), now)).toMatch(/27/);
    expect(dayWord(new Date(2024, 1, 27).getTime(), now)).toMatch(/2024/);
  });
});

describe('what undoing does', () => {
  test('is summed up, what is done first', () => {
    const one = (outcome: Restored['outcome']): Restored => ({ id: 1, path: 'a', outcome });
    expect(summary([one('kept'), one('deleted'), one('restored'), one('deleted')])).toEqual([
      { outcome: 'restored', text: '1 entry changed back' },
      { outcome: 'deleted', text: '2 entries deleted' },
      { outcome: 'kept', text: '1 entry kept' },
    ]);
    expect(summary([])).toEqual([]);
  });
});
