// `npm run demo`: the whole product on this machine, told as a story in which every sentence is checked.
// `--keep` leaves the lab running; `--clean` takes away what was left running.
import { parseArgs } from 'node:util';
import { messageOf } from '../common/errors.ts';
import type { LabHost } from '../lab/host.ts';
import { BAD, GOOD, Lab } from '../lab/lab.ts';
import { listNamespaces } from '../lab/namespaces.ts';
import { until } from '../lab/program.ts';
import { sweep } from '../lab/sweep.ts';
import { describe, type KernelObjects, pinnedObjects, stillThere } from './demo/kernel-view.ts';
import { DemoFailure, Stage } from './demo/stage.ts';

const { values: flags } = parseArgs({
  options: { keep: { type: 'boolean', default: false }, clean: { type: 'boolean', default: false } },
});
const stage = new Stage();

/** Pings every host from the source; one line, one check. */
async function everyHost(lab: Lab, source: string, answers: boolean): Promise<void> {
  const seen = await Promise.all(lab.hosts.map((host) => lab.attacker.reaches(source, host.address)));
  const marks = lab.hosts.map((host, i) => `${host.name} ${seen[i] ? 'answers' : 'silent'}`).join(', ');
  stage.check(
    seen.every((each) => each === answers),
    `ping from ${source}: ${marks}`,
  );
}

async function type(lab: Lab, ...words: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await lab.fleetblock(...words);
  stage.command(`fleetblock ${words.join(' ')}`, `${stdout}\n${stderr}`);
  if (exitCode !== 0) stage.check(false, `exit code ${exitCode}`);
  return stdout;
}

async function showDrops(lab: Lab): Promise<void> {
  // Agents report every few seconds: wait until the counters of all hosts have arrived.
  const dropped = await until('the drop counters of every host', async () => {
    const rows = await lab.hostRows();
    return rows.every((row) => row.dropped.packets >= 2) ? rows.map((row) => row.dropped.packets) : undefined;
  });
  await type(lab, 'hosts');
  stage.check(
    dropped.every((packets) => packets >= 2),
    `dropped in the kernel, as the hosts count: ${dropped.join(', ')} packets`,
  );
}

async function showKernel(lab: Lab): Promise<void> {
  const { programs, links } = await kernelObjects(lab);
  const { namespace, name } = lab.host(1);
  const show = async (...words: string[]) =>
    stage.command(`bpftool ${words.join(' ')}`, await describe(namespace, ...words));
  const net = await describe(namespace, 'net', 'show', 'dev', 'eth0');
  stage.command(`bpftool net show dev eth0    # on ${name}`, net.split('\n').slice(0, 2).join('\n'));
  const [program] = programs;
  if (program !== undefined) await show('prog', 'show', 'id', `${program}`);
  for (const link of links) await show('link', 'show', 'id', `${link}`);
  stage.check(
    links.length === lab.hosts.length,
    `the kernel lists ${programs.length} XDP programs of fleetblock's on ${links.length} links, one link per host`,
  );
}

const kernelObjects = (lab: Lab): Promise<KernelObjects> => pinnedObjects(lab.hosts.map((host) => host.pinDir));

async function killAgent(lab: Lab, host: LabHost): Promise<void> {
  stage.command(`kill -9 ${host.agentPid}`);
  await host.stopAgent('SIGKILL');
  stage.check(!(await lab.attacker.reaches(BAD, host.address)), `${host.name} still drops ${BAD}`);
  stage.check(await lab.attacker.reaches(GOOD, host.address), `${host.name} still answers ${GOOD}`);
  host.startAgent();
  await lab.synced();
  stage.check(!(await lab.attacker.reaches(BAD, host.address)), `its agent is back, synced, and ${BAD} stays dropped`);
}

async function takeAway(lab: Lab): Promise<void> {
  const objects = await kernelObjects(lab);
  for (const host of lab.hosts) {
    await host.stopAgent();
    const { exitCode, stdout, stderr } = await host.detach();
    stage.command(`fleetblock-agent detach    # on ${host.name}`, `${stdout}\n${stderr}`);
    stage.check(exitCode === 0, `${host.name} is detached`);
  }
  await lab.close();
  const left = async () => {
    const { programs, links } = await stillThere(objects);
    const namespaces = (await listNamespaces()).filter((name) => lab.hosts.some((host) => host.namespace === name));
    return [...programs.map((id) => `program ${id}`), ...links.map((id) => `link ${id}`), ...namespaces];
  };
  // The kernel frees a program after a grace period.
  const clean = await until('the kernel to free everything', async () =>
    (await left()).length === 0 ? true : undefined,
  )
    .then(() => true)
    .catch(() => false);
  stage.check(
    clean,
    clean ? 'no program, link, pin, namespace or process is left' : `left: ${(await left()).join(', ')}`,
  );
}

async function play(lab: Lab): Promise<void> {
  stage.act('Everybody gets an answer');
  await everyHost(lab, BAD, true);
  await everyHost(lab, GOOD, true);

  stage.act('One command, and proof from every host');
  const proof = await type(lab, 'block', BAD, '--all-hosts');
  stage.check(proof.includes(`blocked ${BAD}/32 on 3/3 hosts`), 'three kernels have it');
  await everyHost(lab, BAD, false);
  await everyHost(lab, GOOD, true);

  stage.act('What the hosts counted');
  await showDrops(lab);

  stage.act("The kernel's own view");
  await showKernel(lab);

  stage.act('An agent is killed');
  await killAgent(lab, lab.host(2));

  stage.act('Unblocked');
  await type(lab, 'unblock', BAD);
  await everyHost(lab, BAD, true);
}

async function keep(lab: Lab): Promise<void> {
  const bin = await lab.writeScripts();
  await lab.leaveRunning();
  const [host] = lab.hosts;
  stage.act('Left running for you');
  stage.command(`export PATH=${bin}:$PATH`);
  stage.command(`fleetblock block ${BAD} --all-hosts -d 2m`);
  stage.command('fleetblock hosts');
  stage.command(`attacker ping -c 2 -I ${BAD} ${host?.address}`);
  stage.command(`${host?.name} ping -c 2 ${GOOD}`);
  stage.command(`${host?.name} fleetblock-agent status`);
  stage.command(`tail -f ${lab.directory}/*.log`);
  stage.command('npm run demo -- --clean');
}

async function main(): Promise<void> {
  if (flags.clean) {
    const removed = await sweep({ kept: true });
    stage.say(removed.length > 0 ? `removed ${removed.join(', ')}` : 'no lab was left running');
    return;
  }
  const reason = Lab.whyNot();
  if (reason !== undefined)
    throw new DemoFailure(`the demo cannot run here: ${reason}. Run it as root: sudo npm run demo`);
  const started = performance.now();
  stage.say('A controller, three hosts and an attacker, each in a network namespace of this machine.');
  await using lab = await Lab.create();
  await lab.startHosts();
  stage.note(
    `up in ${((performance.now() - started) / 1000).toFixed(1)} s: ${lab.hosts.map((host) => host.name).join(', ')} are enrolled and synced`,
  );
  await play(lab);
  if (flags.keep) {
    await keep(lab);
    // Without `close`, which the end of this block would call.
    process.exit(0);
  }
  stage.act('Everything is taken away');
  await takeAway(lab);
  stage.say(`\nAll of it held. ${((performance.now() - started) / 1000).toFixed(0)} s.`);
}

await main().catch((error: unknown) => {
  // A claim that did not hold is said in a line; anything else is a fault of the demo, and its trace helps.
  const text = error instanceof DemoFailure || !(error instanceof Error) ? messageOf(error) : error.stack;
  stage.say(`\nThe demo failed: ${text}`);
  process.exitCode = 1;
});
