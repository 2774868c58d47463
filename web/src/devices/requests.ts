import { api, data, type Role, type Schema } from '../api/client';

export type Device = Schema['Device'];
export type Link = Schema['Link'];

/** The account's devices, and for an owner those of all members of the project. */
export async function listDevices(project: string, owner: boolean): Promise<readonly Device[]> {
  const { devices } = await data(api.GET('/v1/devices', { params: { query: owner ? { project } : {} } }));
  return devices;
}

export async function renameDevice(device: string, name: string): Promise<void> {
  await api.PATCH('/v1/devices/{device}', { params: { path: { device } }, body: { name } });
}

export async function revokeDevice(device: string): Promise<void> {
  await api.DELETE('/v1/devices/{device}', { params: { path: { device } } });
}

export async function listLinks(project: string): Promise<readonly Link[]> {
  const { links } = await data(api.GET('/v1/projects/{p}/links', { params: { path: { p: project } } }));
  return links;
}

export function makeLink(
  project: string,
  role: Role,
  uses: number,
  expiresSeconds: number,
): Promise<Schema['NewLink']> {
  return data(
    api.POST('/v1/projects/{p}/links', {
      params: { path: { p: project } },
      body: { role, uses, expiresSeconds },
    }),
  );
}

export async function revokeLink(project: string, id: string): Promise<void> {
  await api.DELETE('/v1/projects/{p}/links/{link}', { params: { path: { p: project, link: id } } });
}
