// The edge at which targets become values.
import { expect, it } from 'vitest';
import { MAX_MESSAGE_BYTES } from './channel.ts';
import { protocol } from './proto.ts';
import { selectorFromWire, selectorToWire } from './selector.ts';

const names = (count: number) => Array.from({ length: count }, (_, i) => `${i}`.padStart(63, 'x'));
const hosts = (count: number) => selectorFromWire({ target: 'hosts', hosts: { names: names(count) } });
const labels = (count: number) =>
  selectorFromWire({
    target: 'labels',
    labels: names(count)
      .map((name) => `${name}!=${name}`)
      .join(','),
  });

it('faults row 122: the longest target that is taken takes less than half of a message', () => {
  for (const selector of [hosts(4096), labels(64)]) {
    const list = { selector: selectorToWire(selector) };
    const reply = protocol.OperatorService.service.ListListChunks.responseSerialize({ lists: [list] });
    expect(reply.length).toBeLessThan(MAX_MESSAGE_BYTES / 2);
  }
});

it('faults row 122: a longer one is refused, with what to do', () => {
  expect(() => hosts(4097)).toThrow('a target of 4097 hosts, at most 4096: give the hosts a label');
  expect(() => labels(65)).toThrow('a target of 65 terms, at most 64: give the hosts a label');
});
