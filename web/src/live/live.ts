import type { Schema } from '../api/client';
import { createStore } from '../design/store';
import { sessionEnded } from '../session/session';

type Head = Schema['HeadEvent'];
type TransferEvent = Schema['TransferEvent'];

/** The connection: being made for the first time, there, or lost since. */
export type Connection = 'starting' | 'open' | 'lost';

/** Waits between attempts: doubled from the first to the last, each with jitter. */
const RETRY_MILLIS_FIRST = 500;
const RETRY_MILLIS_LAST = 15_000;

/** After so long without a word the server is asked for a sign of life; browsers hide pings. */
const QUIET_MILLIS = 30_000;
const SIGN_MILLIS = 8_000;

/** The server's status for a session that is over. */
const UNAUTHENTICATED = 4401;

/** Most projects that one socket may watch. */
export const PROJECTS_MAX = 64;

/** What was told of a transfer, and when; one that isn't repeated in time has ended. */
export type LiveTransfer = TransferEvent & { key: string; heard: number };

const TRANSFER_MILLIS = 15_000;

export const connection = createStore<Connection>('starting');
export const transfers = createStore<readonly LiveTransfer[]>([]);

const headListeners = new Set<(head: Head) => void>();
let watched: readonly string[] = [];
let socket: WebSocket | undefined;
let retryMillis = RETRY_MILLIS_FIRST;
let retry: ReturnType<typeof setTimeout> | undefined;
let quiet: ReturnType<typeof setTimeout> | undefined;
let running = false;

/** Calls back for each new head of a watched project; the server tells the present one at every (re)connection. */
export function onHead(listener: (head: Head) => void): () => void {
  headListeners.add(listener);
  return () => {
    headListeners.delete(listener);
  };
}

/** Which projects to hear of from now on, the most important first. */
export function watch(projects: readonly string[]): void {
  const next = projects.slice(0, PROJECTS_MAX);
  if (next.join() !== watched.join()) {
    watched = next;
    subscribe();
  }
}

/** Connects, and stays connected until `stop`. */
export function start(): void {
  if (!running) {
    running = true;
    window.addEventListener('online', retryNow);
    window.addEventListener('offline', lost);
    connect();
  }
}

export function stop(): void {
  running = false;
  window.removeEventListener('online', retryNow);
  window.removeEventListener('offline', lost);
  clearTimeout(retry);
  clearTimeout(quiet);
  const closing = socket;
  socket = undefined;
  closing?.close();
  connection.set('starting');
  transfers.set([]);
}

function connect(): void {
  clearTimeout(retry);
  const opening = new WebSocket(
    `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/v1/events`,
  );
  socket = opening;
  opening.onopen = () => {
    retryMillis = RETRY_MILLIS_FIRST;
    connection.set('open');
    subscribe();
    listen();
  };
  opening.onmessage = message => {
    listen();
    hear(JSON.parse(message.data));
  };
  opening.onclose = event => {
    if (socket === opening) {
      socket = undefined;
      if (event.code === UNAUTHENTICATED) {
        sessionEnded();
      } else {
        lost();
      }
    }
  };
}

/** The connection is gone: tries again, later each time, and not all pages at once. */
function lost(): void {
  const closing = socket;
  socket = undefined;
  closing?.close();
  clearTimeout(quiet);
  clearTimeout(retry);
  if (running) {
    connection.set('lost');
    retry = setTimeout(connect, retryMillis * (0.5 + Math.random()));
    retryMillis = Math.min(RETRY_MILLIS_LAST, retryMillis * 2);
  }
}

/** Tries at once, as when a person asks for it. */
export function retryNow(): void {
  if (running && socket === undefined) {
    retryMillis = RETRY_MILLIS_FIRST;
    connect();
  }
}

function listen(): void {
  clearTimeout(quiet);
  quiet = setTimeout(async () => {
    const asked = socket;
    try {
      await fetch('/v1/hello', { signal: AbortSignal.timeout(SIGN_MILLIS), cache: 'no-store' });
      listen();
    } catch {
      // Whatever the reason: this socket tells nothing any more.
      if (socket === asked) {
        lost();
      }
    }
  }, QUIET_MILLIS);
}

function subscribe(): void {
  if (socket?.readyState === WebSocket.OPEN) {
    socket.send(JSON.stringify({ type: 'subscribe', projects: watched, transfers: true }));
  }
}

function hear(event: { type: string }): void {
  switch (event.type) {
    case 'head':
      for (const listener of [...headListeners]) {
        listener(event as Head);
      }
      break;
    case 'transfer':
      hearTransfer(event as TransferEvent);
      break;
    default:
      // Events of later protocols.
      break;
  }
}

function hearTransfer(event: TransferEvent): void {
  const key = `${event.project} ${event.device} ${event.transfer}`;
  transfers.set(now => {
    const others = now.filter(other => other.key !== key);
    if (event.ended) {
      return others;
    }
    const heard = { ...event, key, heard: Date.now() };
    const at = now.findIndex(other => other.key === key);
    return at < 0 ? [...others, heard] : now.map(other => (other.key === key ? heard : other));
  });
  setTimeout(sweepTransfers, TRANSFER_MILLIS + 100);
}

function sweepTransfers(): void {
  const oldest = Date.now() - TRANSFER_MILLIS;
  transfers.set(now => (now.some(one => one.heard < oldest) ? now.filter(one => one.heard >= oldest) : now));
}
