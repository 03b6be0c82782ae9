// The store of one replica: SQLite's, with a log on etcd between a change and its commit.
import type { Clock } from '../../../../common/time/clock.ts';
import { countReportedClaims } from '../../sqlite/claims/reported-claims.ts';
import { openStoreFile } from '../../sqlite/file/open.ts';
import { SqliteStore } from '../../sqlite/sqlite-store.ts';
import type { Store } from '../../store.ts';
import type { EtcdClient } from '../client/etcd-client.ts';
import { Keys } from '../keys.ts';
import { ReplicatedLog } from '../log.ts';
import { ReplicatedCommits } from './commits.ts';

export interface EtcdStoreOptions {
  /** Of this replica's view. Made when missing. */
  readonly directory: string;
  /** Stays the caller's: closed after the store. */
  readonly client: EtcdClient;
  /** Of the fleet's keys: ASCII, ends in `/`. */
  readonly prefix: string;
  readonly clock: Clock;
  /** As of SqliteStoreOptions. */
  readonly historyRevisions?: number;
  readonly walBytes?: number;
  readonly onFollowerError?: (error: unknown) => void;
}

/** Resolves when the view is current. @throws FleetblockError as openSqliteStore and ReplicatedCommits.open do */
export async function openEtcdStore(options: EtcdStoreOptions): Promise<Store> {
  const { directory, client, prefix, walBytes } = options;
  const file = openStoreFile(directory, true);
  try {
    const commits = await ReplicatedCommits.open({
      path: file.path,
      log: new ReplicatedLog(client, new Keys(prefix)),
      prepareWriter: countReportedClaims,
      walBytes,
    });
    return new SqliteStore(file, options, commits);
  } catch (error) {
    file.unlock();
    throw error;
  }
}
