import type { AuditEntry } from './requests';

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
  device_rename: 'renamed the device …',
  device_revoke: 'revoked the device …',
  project_create: 'created the project …',
  project_rename: 'renamed the project …',
  member_put: 'gave a role to …',
  member_remove: 'removed the member …',
  link_create: 'made a join link',
  link_revoke: 'revoked a join link',
  retention_put: 'changed the retention of …',
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
  project_rename: 'project',
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
export function told(entry: Pick<AuditEntry, 'action' | 'subject'>): { words: string; subject: string } {
  // A newer server may know more.
  const words = DONE[entry.action] ?? `did ${entry.action}`;
  const subject = entry.subject ?? '';
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
