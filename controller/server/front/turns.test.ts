import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Turns } from './turns.ts';

/** Members are texts: the network before the dash. What is planned runs when `run` says so. */
function rig(running: number, waiting = 100) {
  let now = 0;
  const planned: (() => void)[] = [];
  const begun: string[] = [];
  const refused: string[] = [];
  const turns = new Turns<string>({
    ...{ running, waiting, limitMs: 10_000, patienceMs: 3000 },
    begin: (member) => begun.push(member),
    refuse: (member, reason) => refused.push(`${member} ${reason}`),
    nowMs: () => now,
    later: (work) => planned.push(work),
  });
  const network = (member: string) => member.split('-')[0] ?? '';
  return {
    turns,
    begun,
    refused,
    add: (...members: string[]) => {
      for (const member of members) turns.add(member, network(member));
    },
    done: (member: string) => turns.delete(member, network(member)),
    run: () => {
      for (let work = planned.shift(); work; work = planned.shift()) work();
    },
    pass: (ms: number) => {
      now += ms;
      turns.look();
    },
    planned,
  };
}

const many = (network: string, count: number) => Array.from({ length: count }, (_, i) => `${network}-${i}`);

describe('turns', () => {
  it('begins in the order of arrival, a bounded number at once, and none is refused however long it waits', () => {
    const { add, run, done, pass, begun, refused, turns } = rig(2);
    add(...many('a', 10));
    expect(begun).toEqual([]);
    run();
    expect(begun).toEqual(['a-0', 'a-1']);
    for (let i = 0; i < 10; i++) {
      pass(1400);
      run();
      done(`a-${i}`);
      run();
    }
    expect(begun).toEqual(many('a', 10));
    expect(refused).toEqual([]);
    expect([turns.running, turns.waiting]).toEqual([0, 0]);
  });

  it('lets networks take turns', () => {
    const { add, run, begun } = rig(6);
    add(...many('flood', 5), 'host-0', 'desk-0', 'host-1');
    run();
    expect(begun).toEqual(['flood-0', 'host-0', 'desk-0', 'flood-1', 'host-1', 'flood-2']);
  });

  it('takes a turn from the network that holds more than its share, after half a second', () => {
    const { add, run, pass, begun, refused } = rig(4);
    add(...many('flood', 6));
    run();
    add('desk-0');
    pass(499);
    run();
    expect(refused).toEqual([]);
    pass(1);
    run();
    expect(refused).toEqual(['flood-0 handshake-too-long']);
    expect(begun.slice(4)).toEqual(['desk-0']);
  });

  it('has less patience with a handshake that does not go on while others wait', () => {
    const { add, run, pass, refused, begun } = rig(1);
    add('a-0');
    run();
    pass(9999);
    run();
    expect(refused).toEqual([]);
    add('b-0');
    run();
    expect(refused).toEqual(['a-0 handshake-too-long']);
    pass(2999);
    add('c-0');
    run();
    expect(begun).toEqual(['a-0', 'b-0']);
    pass(1);
    run();
    expect(begun).toEqual(['a-0', 'b-0', 'c-0']);
    pass(10_000);
    run();
    expect(refused).toEqual(['a-0 handshake-too-long', 'b-0 handshake-too-long', 'c-0 handshake-too-long']);
  });

  it('reads the clock only after what has arrived was read', () => {
    const { add, run, pass, done, refused } = rig(1);
    add('a-0');
    run();
    pass(60_000);
    done('a-0');
    run();
    expect(refused).toEqual([]);
  });

  it('when too many wait, the one with the most waiting makes room', () => {
    const { add, run, begun, refused } = rig(0, 4);
    add(...many('flood', 5), 'a-0', 'b-0');
    expect(refused).toEqual(['flood-4 too-many-waiting', 'flood-0 too-many-waiting', 'flood-1 too-many-waiting']);
    run();
    expect(begun).toEqual([]);
  });

  it('keeps to its bounds and forgets no member, whatever happens', () => {
    const event = fc.oneof(
      fc.record({ kind: fc.constant('add' as const), network: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ kind: fc.constant('done' as const), index: fc.nat() }),
      fc.record({ kind: fc.constant('pass' as const), ms: fc.nat({ max: 5000 }) }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 200 }), (events) => {
        const { add, run, pass, done, begun, refused, turns } = rig(3, 5);
        const there = new Set<string>();
        let made = 0;
        for (const each of events) {
          if (each.kind === 'add') {
            const member = `${each.network}-${made++}`;
            there.add(member);
            add(member);
          } else if (each.kind === 'pass') pass(each.ms);
          else {
            const member = [...there][each.index % Math.max(1, there.size)];
            if (member !== undefined) {
              there.delete(member);
              done(member);
            }
          }
          if (made % 2 === 0) run();
          for (const text of refused.splice(0)) there.delete(text.split(' ')[0] ?? '');
          expect(turns.running).toBeLessThanOrEqual(3);
          expect(turns.waiting).toBeLessThanOrEqual(5);
          expect(turns.running + turns.waiting).toBe(there.size);
        }
        run();
        for (const text of refused.splice(0)) there.delete(text.split(' ')[0] ?? '');
        expect(turns.running).toBe(Math.min(3, there.size));
        expect(new Set(begun).size).toBe(begun.length);
      }),
    );
  });
});
