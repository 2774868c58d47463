import { api } from '../api/client';
import { session } from './session';

/** Asks the server who the cookie belongs to. */
export async function findSession(): Promise<void> {
  const { data: found } = await api.GET('/v1/sessions/current');
  session.set(
    found === undefined
      ? { state: 'nobody' }
      : { state: 'somebody', account: found.account, name: found.name, operator: found.operator === true },
  );
}

export async function logIn(account: string, password: string): Promise<void> {
  await api.POST('/v1/sessions', { body: { account, password } });
  await findSession();
}

export async function logOut(): Promise<void> {
  await api.DELETE('/v1/sessions/current');
  session.set({ state: 'nobody' });
}
