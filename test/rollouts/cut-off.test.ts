// A rollout on real hosts: the controller is killed in the middle of a stage, and a host is cut off from it by then.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BAD, Lab } from '../../lab/lab.ts';
import { until } from '../../lab/program.ts';

const whyNot = Lab.whyNot();

describe.skipIf(whyNot)(`rollouts on real hosts${whyNot ? ` (skipped: ${whyNot})` : ''}`, () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.create({ hosts: 3 });
    for (const host of lab.hosts) {
      await lab.enroll(host);
      host.startAgent();
    }
    await lab.synced();
  });
  afterAll(() => lab?.close());

  const dropping = async (count = 2) => {
    const found: string[] = [];
    for (const host of lab.hosts)
      if (!(await lab.attacker.reaches(BAD, host.address, { count }))) found.push(host.name);
    return found;
  };
  const stateOf = async (id: string) => {
    const shown = await lab.json(0, 'rollout', 'show', id);
    return String(Object(shown).state);
  };

  test('goes on after kill -9 of the controller; a cut-off host undoes it by itself, the others when it is halted', async () => {
    const begun = await lab.json(0, 'block', BAD, '--all-hosts', '--stages', '1%,100%', '--bake', '1h');
    expect(Object(begun).hosts).toMatchObject({ targeted: 1, enforced: 1 });
    const id = String(Object(begun).rollout);
    const first = await dropping();
    expect(first).toHaveLength(1);
    await lab.stopController('SIGKILL');
    await lab.startController();
    await lab.synced();
    expect(await stateOf(id)).toBe('running');
    expect(await dropping()).toEqual(first);

    const host = lab.hosts.find(({ name }) => name === first[0]);
    if (!host) throw new Error('no host drops it');
    // Only the controller is out of reach: packets of others come in as before.
    const cut = ['ip', 'route', 'add', 'blackhole', `${lab.controller.split(':')[0]}/32`];
    expect(await host.run(cut)).toMatchObject({ exitCode: 0 });
    await until(
      'the cut-off host to let it pass',
      // One ping: of two, the claim may end between them.
      async () => ((await dropping(1)).length === 0 ? true : undefined),
      90_000,
    );
    expect((await lab.hostRow(host.name)).status).toBe('offline');
    await until('the rollout to be halted', async () => ((await stateOf(id)) === 'halted' ? true : undefined));
    expect(await lab.json(0, 'list')).toEqual([]);
  }, 240_000);
});
