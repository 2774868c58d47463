import { expect, test } from 'vitest';
import { actor, detailWords, kindOf, told } from './audit';

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
  expect(told({ action: 'log_in', subject: 'ben', accountName: 'ben' }).subject).toBe('');
  expect(told({ action: 'device_rename', subject: '3f', detail: 'Desk' })).toEqual({
    words: 'renamed a device to',
    subject: 'Desk',
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

test('numbers of an entry are told as people read them, and what isn’t understood as it is', () => {
  const units = new Map([['history.retention', 'seconds' as const]]);
  const setting = (detail: string) =>
    detailWords({ action: 'setting_put', subject: 'history.retention', detail }, units);
  expect(setting('2592000')).toBe('to 30 days');
  expect(setting('default')).toBe('to its default');
  expect(detailWords({ action: 'setting_put', subject: 'new.thing', detail: '7' }, units)).toBe('7');
  const quota = (detail: string) => detailWords({ action: 'quota_put', detail }, units);
  expect(quota('bytes 500000000000, nodes 1000, stored bytes 2000000000')).toBe(
    '500 GB of content, 1,000 files and folders, 2.0 GB stored',
  );
  expect(quota('none')).toBe('no limit');
  expect(detailWords({ action: 'retention_put', detail: '86400 s' }, units)).toBe('to 1 day');
  expect(detailWords({ action: 'account_change', detail: 'disabled' }, units)).toBe('disabled');
});
