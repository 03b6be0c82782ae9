import { expect, it } from 'vitest';
import { parsePrefix } from '../../../common/text/prefix.ts';
import { localNetwork } from './local-network.ts';

it('reads the network once per second, and uses what it knew when it cannot', () => {
  let now = 0;
  const reads: (string | Error)[] = ['192.0.2.1', new Error('EMFILE'), '192.0.2.2'];
  const network = localNetwork(
    () => {
      const next = reads.shift();
      if (typeof next !== 'string') throw next;
      return { own: [parsePrefix(next)], gateways: [], resolvers: [] };
    },
    () => now,
  );
  const said = () => network.addresses().map(({ what }) => what);
  expect(said()).toEqual(["the controller's own address 192.0.2.1"]);
  now = 999;
  expect(said()).toEqual(["the controller's own address 192.0.2.1"]);
  expect(reads).toHaveLength(2);
  now = 1000;
  expect(said()).toEqual(["the controller's own address 192.0.2.1"]);
  expect(said()).toEqual(["the controller's own address 192.0.2.2"]);
});
