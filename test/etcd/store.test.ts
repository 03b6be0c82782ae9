// The store of a replica on Debian's etcd: the contracts that every store keeps.
import { basename } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { CONTRACTS } from '../../controller/store/contract/contracts.ts';
import { Harness } from '../../controller/store/contract/harness.ts';
import { EtcdClient } from '../../controller/store/etcd/client/etcd-client.ts';
import { openEtcdStore } from '../../controller/store/etcd/replica/store.ts';
import { EtcdCluster } from '../../lab/etcd.ts';

let cluster: EtcdCluster;
let client: EtcdClient;
beforeAll(async () => {
  cluster = await EtcdCluster.start({ members: 1 });
  client = new EtcdClient(cluster.options);
});
afterAll(async () => {
  client?.close();
  await cluster?.close();
});

for (const [subject, contract] of Object.entries(CONTRACTS))
  describe(subject, () =>
    contract(
      new Harness(({ directory, ...options }) =>
        openEtcdStore({ directory, client, prefix: `/${basename(directory)}/`, ...options }),
      ),
    ),
  );
