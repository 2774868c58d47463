/** The worker of one upload: cuts, hashes and sends, so that the page stays quick. */
import type { FromWorker, Stored, ToWorker } from './messages';
import { type Readable, SendError, Sender, type Transport } from './sender';
import { toHex } from './sha256';

/** How often progress is told. */
const TELL_MILLIS = 250;

/** Longest wait for an answer. */
const TIMEOUT_MILLIS = 120_000;

const scope = self as unknown as {
  postMessage(message: FromWorker): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
};

class Http implements Transport {
  constructor(private readonly project: string) {}

  async missing(names: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<Uint8Array> {
    const answer = await this.send('POST', 'blocks/missing', names, signal);
    return new Uint8Array(await answer.arrayBuffer());
  }

  async put(name: string, chunk: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<void> {
    await this.send('PUT', `chunks/${name}`, chunk, signal);
  }

  private async send(
    method: string,
    path: string,
    body: Uint8Array<ArrayBuffer>,
    signal: AbortSignal,
  ): Promise<Response> {
    let answer: Response;
    try {
      answer = await fetch(`/v1/projects/${this.project}/${path}`, {
        method,
        body,
        headers: { 'Content-Type': 'application/octet-stream' },
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MILLIS)]),
      });
    } catch (failure) {
      signal.throwIfAborted();
      throw new SendError(failure instanceof Error ? failure.message : 'unreachable', 'retry');
    }
    if (answer.ok) {
      return answer;
    }
    const problem = (await answer.json().catch(() => undefined)) as { detail?: string } | undefined;
    const detail = problem?.detail ?? `the server answered ${answer.status}`;
    switch (answer.status) {
      case 409:
        throw new SendError(detail, 'again');
      case 429:
      case 502:
      case 503:
      case 504:
        throw new SendError(detail, 'retry');
      default:
        throw new SendError(detail, 'fail');
    }
  }

  wait(millis: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, millis);
      signal.addEventListener(
        'abort',
        () => {
          clearTimeout(timer);
          reject(signal.reason);
        },
        { once: true },
      );
    });
  }
}

function readable(file: File): Readable {
  return {
    size: file.size,
    read: async (from, end) => new Uint8Array(await file.slice(from, end).arrayBuffer()),
  };
}

// Whoever cancels ends the worker itself.
const never = new AbortController().signal;
let sender: Sender | undefined;
let last = '';

function tell(): void {
  if (sender !== undefined) {
    const now = JSON.stringify(sender.progress);
    if (now !== last) {
      last = now;
      scope.postMessage({ type: 'progress', progress: { ...sender.progress } });
    }
  }
}

scope.onmessage = async ({ data }) => {
  switch (data.type) {
    case 'begin':
      sender = new Sender(new Http(data.project), never);
      setInterval(tell, TELL_MILLIS);
      break;
    case 'pause':
      sender?.pause();
      break;
    case 'resume':
      sender?.resume();
      break;
    case 'send':
      try {
        const sent =
          (await sender?.send(data.files.map(({ id, file }) => ({ id, file: readable(file) })))) ?? [];
        tell();
        scope.postMessage({
          type: 'stored',
          batch: data.batch,
          files: sent.map(
            ({ id, content, failure }): Stored => ({
              id,
              ...(content && {
                content: { level: content.level, hash: toHex(content.hash), size: content.size },
              }),
              ...(failure !== undefined && { failure }),
            }),
          ),
        });
      } catch (failure) {
        scope.postMessage({
          type: 'failed',
          batch: data.batch,
          message: failure instanceof Error ? failure.message : String(failure),
        });
      }
      break;
  }
};
