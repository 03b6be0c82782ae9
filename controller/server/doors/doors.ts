// The doors of the HTTP port, put together.
import type { Controller } from '../../controller.ts';
import { Bans } from '../../operations/outlets/bans.ts';
import type { Store } from '../../store/store.ts';
import type { Door } from '../http/door.ts';
import { EdlDoor } from './edl.ts';
import { HooksDoor } from './hooks.ts';
import { LapiDoor } from './lapi.ts';
import { Pulls } from './pulls.ts';
import type { ReaderDeps } from './readers.ts';

/** What doors are built on. */
export interface DoorDeps extends ReaderDeps, Pick<Controller, 'views' | 'clock' | 'careful' | 'events' | 'hooks'> {
  readonly store: Store;
}

/** All of them. */
export async function doorsOf(deps: DoorDeps): Promise<readonly Door[]> {
  const bans = new Bans(deps);
  return [
    new LapiDoor({ ...deps, bans, pulls: await Pulls.load(deps) }),
    new EdlDoor({ ...deps, bans }),
    new HooksDoor(deps),
  ];
}
