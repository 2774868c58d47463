import { bytes, counted } from '../format';
import type { AuditEntry, Setting } from './requests';
import { shown } from './setting';
import { typedSeconds } from './units';

type Action = AuditEntry['action'];

/** What was done, as the middle of a sentence; `…` is where its subject goes. */
const DONE: Record<Action, string> = {
  log_in: 'logged in',
  log_in_failed: 'failed to log in as …',
  log_out: 'logged out',
  join: 'joined with the device …',
  join_failed: 'failed to join',
  account_create: 'created the account …',
  account_change: 'changed the account …',
  device_add: 'added the device …',
  device_rename: 'renamed a device to …',
  device_revoke: 'revoked the device …',
  project_create: 'created the project …',
  member_put: 'gave a role to …',
  member_remove: 'removed the member …',
  link_create: 'made a join link',
  link_revoke: 'revoked a join link',
  retention_put: 'changed how long history is kept',
  restore: 'restored from history',
  undo: 'undid changes',
  quota_put: 'set the quota of …',
  setting_put: 'changed the setting …',
  collect: 'started the collector',
};

/** The kinds that entries are told apart by, each with a colour and an icon. */
export type AuditKind = 'door' | 'warning' | 'people' | 'device' | 'project' | 'server';

const KINDS: Record<Action, AuditKind> = {
  log_in: 'door',
  log_in_failed: 'warning',
  log_out: 'door',
  join: 'device',
  join_failed: 'warning',
  account_create: 'people',
  account_change: 'people',
  device_add: 'device',
  device_rename: 'device',
  device_revoke: 'device',
  project_create: 'project',
  member_put: 'people',
  member_remove: 'people',
  link_create: 'people',
  link_revoke: 'people',
  retention_put: 'project',
  restore: 'project',
  undo: 'project',
  quota_put: 'server',
  setting_put: 'server',
  collect: 'server',
};

export function kindOf(entry: Pick<AuditEntry, 'action'>): AuditKind {
  return KINDS[entry.action] ?? 'server';
}

/** An entry's sentence, taken apart where its subject is: before, the subject, and what follows. */
export function told(entry: Pick<AuditEntry, 'action' | 'subject' | 'detail' | 'accountName'>): {
  words: string;
  subject: string;
} {
  // A newer server may know more.
  const words = DONE[entry.action] ?? `did ${entry.action}`;
  const name = entry.action === 'device_rename' ? entry.detail : entry.subject;
  // Who logged in is said already.
  const subject = name === undefined || (entry.action === 'log_in' && name === entry.accountName) ? '' : name;
  return words.endsWith('…')
    ? { words: words.slice(0, -1).trimEnd(), subject }
    : { words: subject === '' ? words : `${words}:`, subject };
}

/** Who did it, for people. */
export function actor(entry: Pick<AuditEntry, 'accountName' | 'account' | 'peer'>): string {
  return (
    entry.accountName ?? entry.account ?? (entry.peer === undefined ? 'On the server machine' : 'Somebody')
  );
}

/** What is known beyond the sentence, with numbers as people read them; `units` are those of the settings. */
export function detailWords(
  { action, subject, detail = '' }: Pick<AuditEntry, 'action' | 'subject' | 'detail'>,
  units: ReadonlyMap<string, Setting['unit']>,
): string {
  switch (action) {
    case 'setting_put': {
      const unit = units.get(subject ?? '');
      if (detail === 'default') {
        return 'to its default';
      }
      return unit !== undefined && /^\d+$/.test(detail) ? `to ${shown(unit, Number(detail))}` : detail;
    }
    case 'quota_put':
      return detail === 'none'
        ? 'no limit'
        : detail
            .replace(/stored bytes (\d+)/, (_, n) => `${bytes(Number(n))} stored`)
            .replace(/bytes (\d+)/, (_, n) => `${bytes(Number(n))} of content`)
            .replace(/nodes (\d+)/, (_, n) => counted(Number(n), 'file or folder', 'files and folders'));
    case 'retention_put':
      return detail.replace(/^(\d+) s$/, (_, n) => `to ${typedSeconds(Number(n))}`);
    case 'device_rename':
      return '';
    default:
      return detail;
  }
}
