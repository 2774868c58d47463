import createClient from 'openapi-fetch';
import { sessionEnded } from '../session/session';
import type { components, paths } from './schema';

/** What the API's documents are called in the page. */
export type Schema = components['schemas'];
export type Node = Schema['Node'];
export type Project = Schema['Project'];
export type Role = Schema['Role'];
export type Transfer = Schema['Transfer'];

/** The server's refusal (RFC 9457), or that it wasn't reached at all (`UNREACHABLE`). */
export class ApiError extends Error {
  constructor(
    readonly code: Schema['ErrorCode'] | 'UNREACHABLE',
    readonly status: number,
    detail: string,
    readonly problem?: Schema['Problem'],
  ) {
    super(detail);
    this.name = 'ApiError';
  }

  /** Whether the same request may succeed a moment later. */
  get mayPass(): boolean {
    return this.code === 'UNREACHABLE' || this.code === 'UNAVAILABLE' || this.code === 'LIMITED';
  }
}

/** One sentence for a person about anything that was thrown. */
export function sentence(failure: unknown): string {
  const text = failure instanceof Error ? failure.message : String(failure);
  return text === '' ? 'Something went wrong' : text.charAt(0).toUpperCase() + text.slice(1);
}

export function isAbort(failure: unknown): boolean {
  return failure instanceof DOMException && failure.name === 'AbortError';
}

async function reach(request: Request): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(request);
  } catch (failure) {
    if (isAbort(failure)) {
      throw failure;
    }
    throw new ApiError('UNREACHABLE', 0, "the server can't be reached");
  }
  if (response.ok) {
    return response;
  }
  const failure = await refusal(response);
  if (failure.code === 'UNAUTHENTICATED' && !request.url.endsWith('/v1/sessions')) {
    sessionEnded();
  }
  throw failure;
}

/** What an answer that isn't a success says. */
export async function refusal(response: Response): Promise<ApiError> {
  if (response.headers.get('Content-Type')?.startsWith('application/problem+json')) {
    const problem = (await response.json()) as Schema['Problem'];
    return new ApiError(problem.title, problem.status, problem.detail, problem);
  }
  return new ApiError('INTERNAL', response.status, `the server answered ${response.status}`);
}

/**
 * Requests with the types of the OpenAPI document. What isn't a success is thrown as ApiError; `data` takes
 * the document out of a success.
 */
export const api = createClient<paths, 'application/json'>({ fetch: reach });

/** The data of an answer that was a success. */
export async function data<T>(answer: Promise<{ data?: T }>): Promise<NonNullable<T>> {
  const { data: found } = await answer;
  if (found === undefined || found === null) {
    throw new ApiError('INTERNAL', 0, 'the server answered without a document');
  }
  return found;
}

/** Where the bytes of a file are, for elements that fetch by themselves. */
export function contentAddress(project: string, node: number, shown = false): string {
  return `/v1/projects/${project}/nodes/${node}/content${shown ? '?inline=true' : ''}`;
}
