import { ApiError, api, data } from '../api/client';
import { session } from './session';

/** Asks the server who the cookie belongs to. */
export async function findSession(): Promise<void> {
  try {
    const { account, name } = await data(api.GET('/v1/sessions/current'));
    session.set({ state: 'somebody', account, name });
  } catch (failure) {
    if (failure instanceof ApiError && failure.code === 'UNAUTHENTICATED') {
      session.set({ state: 'nobody' });
    } else {
      throw failure;
    }
  }
}

export async function logIn(account: string, password: string): Promise<void> {
  await api.POST('/v1/sessions', { body: { account, password } });
  await findSession();
}

export async function logOut(): Promise<void> {
  await api.DELETE('/v1/sessions/current');
  session.set({ state: 'nobody' });
}
