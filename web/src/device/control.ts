import { ApiError, sentence } from '../api/client';
import { createStore } from '../design/store';

/** What the daemon tells of one folder; see `StatusJson`. */
export interface Folder {
  folder: string;
  device: string;
  projectName: string;
  state: 'converged' | 'syncing' | 'paused' | 'stopped';
  reason?: string;
  todo?: string;
  answers: readonly Answer[];
  pending: number;
  conflicts: number;
  transfers: readonly Transfer[];
  problems: readonly Problem[];
  notes: readonly Note[];
  sentBytes: number;
  receivedBytes: number;
}

/** The most that all folders together send and receive, in bytes per second; left out: no limit. */
export interface Limits {
  uploadBytesPerSecond?: number;
  downloadBytesPerSecond?: number;
}

/** What the daemon tells. */
export interface Device {
  folders: readonly Folder[];
  limits: Limits;
}

export type Answer = 'confirm' | 'reject' | 'resume';
export type Wish = Answer | 'pause' | 'sync';

export interface Transfer {
  direction: 'upload' | 'download';
  path: string;
  done: number;
  total: number;
  rate: number;
}

export interface Problem {
  path: string;
  text: string;
  todo?: string;
}

export interface Note {
  time: string;
  text: string;
  todo?: string;
}

export interface Rules {
  text: string;
  version: string;
}

export interface Preview {
  looked: number;
  complete: boolean;
  files: number;
  directories: number;
  matches: readonly { path: string; directory: boolean }[];
}

/** Whether this page may ask the daemon. */
export type Access = { state: 'entering' } | { state: 'open' } | { state: 'closed'; why?: string };

export const access = createStore<Access>({ state: 'entering' });

/** Of this tab alone, and sent only where we send it: a cookie would go to every port of this machine. */
const KEY = 'syncline.device';

/** Takes the ticket out of the address, so that nobody who sees the window has it; or goes on as before a reload. */
export async function enter(): Promise<void> {
  const ticket = location.hash.slice(1);
  if (ticket !== '') {
    history.replaceState(null, '', location.pathname);
    try {
      const { token } = await ask<{ token: string }>('POST', '/session', { token: ticket });
      sessionStorage.setItem(KEY, token);
    } catch (failure) {
      if (sessionStorage.getItem(KEY) === null) {
        access.set({ state: 'closed', why: sentence(failure) });
        return;
      }
    }
  }
  access.set(sessionStorage.getItem(KEY) === null ? { state: 'closed' } : { state: 'open' });
}

interface More {
  folder?: string;
  body?: string;
  version?: string;
  token?: string;
}

async function ask<T>(method: string, path: string, more: More = {}): Promise<T> {
  const query = more.folder === undefined ? '' : `?folder=${encodeURIComponent(more.folder)}`;
  let response: Response;
  try {
    response = await fetch(path + query, {
      method,
      headers: {
        Authorization: `Bearer ${more.token ?? sessionStorage.getItem(KEY) ?? ''}`,
        ...(more.version !== undefined && { 'Syncline-Version': more.version }),
        ...(more.body !== undefined && { 'Content-Type': 'text/plain; charset=utf-8' }),
      },
      ...(more.body !== undefined && { body: more.body }),
    });
  } catch {
    throw new ApiError('UNREACHABLE', 0, 'Syncline doesn’t run on this device at the moment');
  }
  const answer = await response.json();
  if (response.ok) {
    return answer as T;
  }
  const refused = new ApiError(answer.error, response.status, answer.detail);
  if (refused.code === 'UNAUTHENTICATED' && more.token === undefined) {
    sessionStorage.removeItem(KEY);
    access.set({ state: 'closed' });
  }
  throw refused;
}

export function status(): Promise<Device> {
  return ask('GET', '/status');
}

/** Sets both limits; they hold at once, and after a restart. */
export function limit(limits: Limits): Promise<Limits> {
  return ask('PUT', '/limits', { body: JSON.stringify(limits) });
}

/** Tells a folder, or all of them. */
export function wish(what: Wish, folder?: string): Promise<unknown> {
  return ask('POST', `/${what}`, folder === undefined ? {} : { folder });
}

export async function conflicts(folder: string): Promise<readonly string[]> {
  return (await ask<{ conflicts: readonly string[] }>('GET', '/conflicts', { folder })).conflicts;
}

export function rules(folder: string): Promise<Rules> {
  return ask('GET', '/ignore', { folder });
}

export function preview(folder: string, text: string): Promise<Preview> {
  return ask('POST', '/ignore/preview', { folder, body: text });
}

/** Saves rules in the place of those of that version; refused where the file is another by now. */
export function saveRules(folder: string, text: string, version: string): Promise<Rules> {
  return ask('PUT', '/ignore', { folder, body: text, version });
}
