import { describe, expect, it } from 'vitest';
import type { Folder } from './control';
import { lastName, limitWords, overall, previewWords, readLimit, stateWords } from './words';

const CALM: Folder = {
  folder: '/home/ada/Work',
  device: 'laptop',
  projectName: 'Work',
  state: 'converged',
  answers: [],
  pending: 0,
  conflicts: 0,
  transfers: [],
  problems: [],
  notes: [],
  sentBytes: 0,
  receivedBytes: 0,
};

describe('the words about a folder', () => {
  it('tell a brake that waits from a stop', () => {
    expect(stateWords({ ...CALM, state: 'stopped', answers: ['confirm', 'reject'] }).text).toBe(
      'Waits for your answer',
    );
    expect(stateWords({ ...CALM, state: 'stopped', answers: ['resume'] })).toEqual({
      tone: 'bad',
      text: 'Stopped',
    });
  });

  it('never call a folder with problems just in step', () => {
    expect(stateWords(CALM)).toEqual({ tone: 'good', text: 'In step' });
    expect(stateWords({ ...CALM, problems: [{ path: 'a', text: 'b' }] }).tone).toBe('care');
  });

  it('say that the server is tried again', () => {
    expect(stateWords({ ...CALM, state: 'syncing', reason: 'no connection' }).tone).toBe('care');
    expect(stateWords({ ...CALM, state: 'syncing' }).text).toBe('Syncing');
  });

  it('sum all folders up', () => {
    expect(overall([CALM])).toBe('1 folder, all in step');
    expect(overall([CALM, { ...CALM, state: 'stopped' }, { ...CALM, state: 'paused' }])).toBe(
      '3 folders: 1 needs you, 1 paused',
    );
    expect(
      overall([
        { ...CALM, state: 'stopped' },
        { ...CALM, state: 'stopped' },
      ]),
    ).toBe('2 folders: 2 need you');
  });

  it('name a folder by its last name, on every system', () => {
    expect(lastName('/home/ada/Work/')).toBe('Work');
    expect(lastName('C:\\Users\\Ada')).toBe('Ada');
    expect(lastName('/')).toBe('/');
  });

  it('count what is ignored', () => {
    expect(previewWords(0, 0)).toBe('Ignores nothing here');
    expect(previewWords(1, 0)).toBe('Ignores 1 file');
    expect(previewWords(2, 1)).toBe('Ignores 2 files and 1 folder');
  });
});

describe('limits of the bandwidth', () => {
  it('are told for both directions, or as none', () => {
    expect(limitWords({})).toBe('No limits');
    expect(limitWords({ uploadBytesPerSecond: 2_000_000 })).toBe(
      'Sends at most 2.0 MB a second, receives as fast as it can',
    );
    expect(limitWords({ downloadBytesPerSecond: 10_000 })).toBe(
      'Sends as fast as it can, receives at most 10.0 kB a second',
    );
  });

  it('are read in kilobytes, where they are some', () => {
    expect(readLimit(' 2000 ')).toEqual({ rate: 2_000_000 });
    expect(readLimit('10.5')).toEqual({ rate: 10_500 });
    expect(readLimit('')).toEqual({});
    for (const text of ['9', '0', '-1', '1e9', '2 MB', '10.0001', '1000000001', 'Infinity']) {
      expect(readLimit(text), text).toHaveProperty('fault');
    }
  });
});
