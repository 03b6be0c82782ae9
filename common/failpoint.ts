// Named places where a test can make the program die or fail, so that recovery is tried at every step and not only where
// a kill happens to land. Off unless FLEETBLOCK_FAILPOINTS is set: `NAME=kill`, `NAME=error`, with `@N` for the Nth
// passage only; several separated by commas.

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
export function failpoint(name: string): void {
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
    points.set(name, { action, at: Number(at ?? 0), passed: 0 });
  }
  return points;
}
