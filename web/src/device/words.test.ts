import { describe, expect, it } from 'vitest';
import type { Folder } from './control';
import { lastName, overall, previewWords, stateWords } from './words';

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
