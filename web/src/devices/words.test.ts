import { describe, expect, test } from 'vitest';
import type { Replica } from '../projects/replicas';
import { checkpointWords } from './words';

const NOW = new Date(2026, 2, 3, 12, 30).getTime();
const EPOCH = 'a'.repeat(32);
const project = { epoch: EPOCH, head: 1_000 };

function replica(more: Partial<Replica>, seen = new Date(2026, 2, 3, 12, 24).getTime()): Replica {
  return {
    replica: 'b'.repeat(32),
    device: 'c'.repeat(32),
    deviceName: 'laptop',
    folder: '/home/ann',
    heldBack: 0,
    inStep: false,
    seen: new Date(seen).toISOString(),
    received: { epoch: EPOCH, sequence: 1_000 },
    agreed: { epoch: EPOCH, sequence: 688 },
    ...more,
  };
}

function words(more: Partial<Replica>, seen?: number) {
  return checkpointWords(replica(more, seen), project, NOW);
}

describe('what a checkpoint proves', () => {
  test('in step, and when that was proved', () => {
    const { tone, text } = words({ inStep: true });
    expect(tone).toBe('good');
    expect(text).toMatch(/^in step, proved at .*12.24/);
  });
  test('of another day, the day', () => {
    expect(words({ inStep: true }, new Date(2026, 1, 27, 9).getTime()).text).toMatch(
      /^in step, proved on .*27/,
    );
  });
  test('in step but for what it can’t hold', () => {
    const { tone, text } = words({ inStep: true, heldBack: 2 });
    expect(tone).toBe('care');
    expect(text).toMatch(/^in step but for 2 entries, proved at/);
  });
  test('behind, by how much', () => {
    expect(words({}).text).toBe('behind by 312 changes');
    expect(words({ agreed: { epoch: EPOCH, sequence: 999 } }).text).toBe('behind by 1 change');
  });
  test('behind and silent, since when', () => {
    expect(words({}, NOW - 3 * 3_600_000).text).toBe('behind by 312 changes, last heard of 3 hours ago');
  });
  test('differing wins over all else', () => {
    expect(words({ differs: true, inStep: true }).text).toBe('differs: repairing');
  });
  test('of an older history', () => {
    expect(words({ agreed: { epoch: 'd'.repeat(32), sequence: 5 } }).text).toBe(
      'of an older history: repairing',
    );
  });
  test('never agreed', () => {
    const { agreed: _, ...first } = replica({});
    expect(checkpointWords(first, project, NOW).text).toBe('nothing proved yet');
  });
  test('at the head by our counts, but not said so yet', () => {
    expect(words({ agreed: { epoch: EPOCH, sequence: 1_000 } }).text).toBe('about to prove itself');
  });
});
