import { expect, test } from 'vitest';
import { actor, kindOf, told } from './audit';

test('an entry is a sentence with its subject at the end', () => {
  expect(told({ action: 'setting_put', subject: 'history.retention' })).toEqual({
    words: 'changed the setting',
    subject: 'history.retention',
  });
  expect(told({ action: 'log_in' })).toEqual({ words: 'logged in', subject: '' });
  expect(told({ action: 'restore', subject: '3 nodes' })).toEqual({
    words: 'restored from history:',
    subject: '3 nodes',
  });
  expect(kindOf({ action: 'log_in_failed' })).toBe('warning');
});

test('what a newer server did is still told', () => {
  const entry = { action: 'fly' } as unknown as Parameters<typeof told>[0];
  expect(told(entry).words).toBe('did fly');
  expect(kindOf(entry)).toBe('server');
});

test('who did it is known, or somebody from an address, or the machine itself', () => {
  expect(actor({ accountName: 'ben', account: 'x' })).toBe('ben');
  expect(actor({ peer: '10.0.0.1' })).toBe('Somebody');
  expect(actor({})).toBe('On the server machine');
});
