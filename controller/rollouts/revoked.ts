// Whether who began a rollout may still change the fleet: no certificate or key is shown when the rollout goes on.
import type { Store } from '../store/store.ts';
import type { Rollout } from './rollout.ts';

/** Also of somebody who has another role now. Feeds are revoked by nobody: they are removed. */
export async function isRevoked(
  { role, id, actor }: Rollout['by'],
  store: Pick<Store, 'operators' | 'apiKeys'>,
): Promise<boolean> {
  if (actor.startsWith('apikey/'))
    return !(await store.apiKeys()).some((key) => `apikey/${key.name}` === actor && key.revokedMs === 0);
  if (actor !== `${role}/${id}`) return false;
  return !(await store.operators()).some((each) => each.name === id && each.role === role && each.revokedMs === 0);
}
