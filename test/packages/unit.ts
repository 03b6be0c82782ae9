// What systemd would run for a unit, as far as it goes without systemd: its command as written, user, environment, capabilities and umask.

/** Values of a key of the unit, in order. */
function values(unit: string, key: string): string[] {
  return [...unit.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value = '']) => value);
}

/**
 * @param unit the text of the unit file
 * @param environment what systemd itself would add
 * @returns the words to run, as root, where the package is installed
 */
export function unitCommand(unit: string, environment: Readonly<Record<string, string>> = {}): string[] {
  const [start, ...more] = values(unit, 'ExecStart');
  if (start === undefined || more.length > 0) throw new Error('a unit with one ExecStart is expected');
  const [user = 'root'] = values(unit, 'User');
  const [group = user] = values(unit, 'Group');
  const bounding = values(unit, 'CapabilityBoundingSet').flatMap((each) => each.split(' ').filter(Boolean));
  const kept = bounding.map((name) => `,+${name.replace(/^CAP_/, '').toLowerCase()}`).join('');
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  return [
    ...['setpriv', `--reuid=${user}`, `--regid=${group}`, '--clear-groups'],
    ...['--inh-caps=-all', `--bounding-set=-all${kept}`, '--no-new-privs'],
    ...['sh', '-c', `umask ${values(unit, 'UMask')[0] ?? '0022'}; exec "$@"`, 'unit'],
    ...['env', ...variables, ...values(unit, 'Environment').flatMap((each) => each.split(' ')), ...start.split(' ')],
  ];
}
