// Named places where a test can make the program die or fail, so that recovery is tried at every step and not only where
// a kill happens to land. Off unless FLEETBLOCK_FAILPOINTS is set: `NAME=kill`, `NAME=error`, with `@N` for the Nth
// passage only; several separated by commas.

/** Every place, and what a crash there leaves behind. */
export const FAILPOINTS = {
  'store.open.made': 'a new store is complete, but not under its name yet: recreated at the next start',
  'store.open.created': 'a new store has its name, and is not opened yet',
  'store.open.wal-made': 'the WAL is in its directory, the store is not marked as used: as after a clean stop',
  'store.open.marked': 'the store is marked as used, and nothing was written to it',
  'store.commit.before': 'changes are in an open transaction: none of them is there afterwards',
  'store.commit.after': 'changes are durable, and neither views nor callers know of them',
  'store.import.chunk': 'a part of a list is written in an open transaction: the list is as it was',
  'store.remove.chunk': 'a part of a list is being taken away in an open transaction: the list is as it was',
  'store.compact': 'history is about to be shortened in an open transaction: it is as it was',
  'store.notify.after': 'the views have heard of a commit, its caller has not been answered',
  'store.close.flushed': 'a stop: everything is in the main file, which is not marked as clean yet',
  'store.close.marked': 'a stop: the main file is marked as clean, the WAL is still there',
  'replica.agreed':
    'etcd has a change, the file of the replica that made it does not: it is read from the log at the next start',
  'hub.encode.before': 'a view has changed, nothing of it is encoded',
  'hub.encode.after': 'a change is encoded, no host has been sent it',
  'hub.send.before': 'a message of a revision is about to be written to one host',
  'hub.send.after': 'a message of a revision was written to one host, others of its messages or hosts follow',
  'hub.snapshot.chunk': 'a part of a snapshot is encoded, and others follow',
  'hub.ack.received': 'a host has acked, and no waiting caller knows of it',
  'hub.ack.proven': 'an ack is counted as proof, its caller has not been answered',
  'changes.reply': 'a change is made and proven, its caller has not been answered',
  'agent.apply.before-kernel': 'a change is in the table, the kernel is as it was',
  'agent.apply.after-kernel': 'the kernel has the change, its record is as it was',
  'agent.apply.recorded': 'the kernel has the change, and so has its record; it is not acked',
  'agent.ack.before-send': 'a change is in force, its ack is about to be sent',
  'agent.ack.sent': 'an ack was sent',
  'agent.state.before-append': 'a change is about to be added to the record',
  'agent.state.after-append': 'a change was added to the record',
  'agent.state.begun': 'a new record was begun beside the old one',
  'agent.state.rows': 'a part of the new record is written',
  'agent.state.ended': 'the new record is written, and not synced',
  'agent.state.flushed': 'the new record is synced, and not in its place',
  'agent.state.before-rename': 'the new record is about to take its place',
  'agent.state.renamed': 'the new record is in its place',
  'agent.state.cleaned': 'what the old record left behind is gone',
} as const satisfies Readonly<Record<string, string>>;

/** What FLEETBLOCK_FAILPOINTS accepts before the `=`. */
export type FailpointName = keyof typeof FAILPOINTS;

type Action = 'kill' | 'error';

interface Armed {
  readonly action: Action;
  /** The passage that triggers it; 0: every one. */
  readonly at: number;
  passed: number;
}

const armed = parse(process.env.FLEETBLOCK_FAILPOINTS ?? '');

/**
 * Marks a step. `kill` ends the process as SIGKILL does: no handler runs, nothing is flushed.
 * @throws Error with code EIO when the failpoint is armed with `error`.
 */
export function failpoint(name: FailpointName): void {
  if (armed.size === 0) return;
  const point = armed.get(name);
  if (!point) return;
  point.passed++;
  if (point.at !== 0 && point.at !== point.passed) return;
  if (point.action === 'kill') process.kill(process.pid, 'SIGKILL');
  throw Object.assign(new Error(`failpoint ${name}`), { code: 'EIO' });
}

function parse(text: string): Map<string, Armed> {
  const points = new Map<string, Armed>();
  for (const part of text.split(',').filter((each) => each !== '')) {
    const [, name = '', action, at] = /^([a-z0-9.-]+)=(kill|error)(?:@([0-9]+))?$/.exec(part) ?? [];
    if (action !== 'kill' && action !== 'error')
      throw new Error(`FLEETBLOCK_FAILPOINTS: ${part} is not NAME=kill|error[@N]`);
    if (!Object.hasOwn(FAILPOINTS, name)) throw new Error(`FLEETBLOCK_FAILPOINTS: there is no failpoint ${name}`);
    points.set(name, { action, at: Number(at ?? 0), passed: 0 });
  }
  return points;
}
