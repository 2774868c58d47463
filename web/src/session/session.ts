import { createStore } from '../design/store';

/** Who is logged in: not known yet, nobody, or somebody. */
export type Session =
  | { state: 'unknown' }
  | { state: 'nobody' }
  | { state: 'somebody'; account: string; name: string; operator: boolean };

export const session = createStore<Session>({ state: 'unknown' });

/** Called by whatever is told that its credential isn't valid any more. */
export function sessionEnded(): void {
  session.set({ state: 'nobody' });
}
