// Words of other tools, and the one that is meant here.
const OPTIONS: Readonly<Record<string, string>> = {
  '--all': '--all-hosts',
  '--ttl': '--duration',
  '--expires': '--duration',
  '--for': '--duration',
  '--time': '--duration',
  '--comment': '--reason',
  '--message': '--reason',
  '--labels': '--selector',
  '--target': '--host, --selector or --all-hosts',
  '--node': '--host',
  '--format': '--output',
  '--json': '-o json',
  '--yaml': '-o yaml',
  '--wide': '-o wide',
  '--dryrun': '--dry-run',
  '--yes': '--force',
};

const COMMANDS: Readonly<Record<string, string>> = {
  add: 'block',
  ban: 'block',
  deny: 'block',
  drop: 'block',
  delete: 'unblock',
  del: 'unblock',
  rm: 'unblock',
  remove: 'unblock',
  unban: 'unblock',
  get: 'list, hosts or lists',
  ls: 'list',
  show: 'list or status',
  ps: 'hosts',
  nodes: 'hosts',
  agents: 'hosts',
  log: 'audit or events',
  logs: 'audit or events',
  history: 'audit',
  whitelist: 'allow',
  allowlist: 'allow',
  query: 'check',
  config: 'context',
  apply: 'import',
};

/** For commander's text of an unknown option or command that says nothing by itself; else empty. */
export function suggestion(error: string): string {
  if (error.includes('(Did you mean')) return '';
  const [, kind = '', word = ''] = /unknown (option|command) '([^']*)'/.exec(error) ?? [];
  const name = word.split('=')[0] ?? '';
  const table = kind === 'option' ? OPTIONS : COMMANDS;
  return kind !== '' && Object.hasOwn(table, name) ? ` (Did you mean ${table[name]}?)` : '';
}
