import type { Replica } from '../projects/replicas';
import type { Device } from './requests';

/** A device with its folders of one project; without a row where its account isn't ours to see. */
export interface Group {
  id: string;
  name: string;
  device?: Device;
  replicas: readonly Replica[];
}

/**
 * Devices with a folder of the project first, by name; then those without one that could have; revoked ones
 * apart, the newest first.
 */
export function group(
  devices: readonly Device[],
  replicas: readonly Replica[],
): { linked: Group[]; idle: Group[]; revoked: Group[] } {
  const groups = new Map<string, Group>();
  for (const device of devices) {
    groups.set(device.id, { id: device.id, name: device.name, device, replicas: [] });
  }
  for (const replica of replicas) {
    const known = groups.get(replica.device) ?? {
      id: replica.device,
      name: replica.deviceName,
      replicas: [],
    };
    groups.set(replica.device, { ...known, replicas: [...known.replicas, replica] });
  }
  const byName = (a: Group, b: Group) => a.name.localeCompare(b.name, undefined, { numeric: true });
  const all = [...groups.values()];
  const live = all.filter(one => !one.device?.revoked);
  return {
    linked: live.filter(one => one.replicas.length > 0).sort(byName),
    idle: live.filter(one => one.replicas.length === 0).sort(byName),
    revoked: all
      .filter(one => one.device?.revoked)
      .sort((a, b) => (b.device?.created ?? '').localeCompare(a.device?.created ?? '')),
  };
}
