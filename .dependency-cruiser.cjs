// The import floors of ARCHITECTURE.md, as rules. `npm run check` runs them.
const programs = ['agent', 'controller', 'cli'];

/** The rooms of the controller, lowest first. The law (claims, identity/changes) and the store name each other's types: its port is the store's. */
const rooms = [
  'claims|store|identity/changes',
  'identity/(?!changes)',
  'views',
  'fleet',
  'operations',
  'rollouts',
  'feeds',
  'detectors',
  'hooks',
  'server',
  'commands',
];

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-orphans',
      comment: 'a module that nothing imports is dead, unless it is run',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: ['\\.test\\.ts$', '^(lab|test|bench|scripts)/', 'vitest\\.config\\.ts$', '^proto/gen/', 'main\\.ts$'],
      },
      to: {},
    },
    {
      name: 'common-is-below',
      severity: 'error',
      from: { path: '^common/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(agent|controller|cli|lab|test|bench|scripts)/' },
    },
    ...programs.map((program) => ({
      name: `${program}-stands-alone`,
      severity: 'error',
      from: { path: `^${program}/`, pathNot: '\\.test\\.ts$' },
      to: { path: `^(${programs.filter((other) => other !== program).join('|')}|lab|test|bench|scripts)/` },
    })),
    {
      name: 'lab-is-below-tests',
      severity: 'error',
      from: { path: '^lab/' },
      to: { path: '^(test|bench|scripts)/' },
    },
    {
      name: 'wire-types-at-the-edges',
      comment:
        'types generated from proto/ are converted where messages come and go; the CLI shows replies, and is free to use them',
      severity: 'error',
      from: {
        path: '^(common|agent|controller)/',
        pathNot: [
          '\\.test\\.ts$',
          '^common/(rpc|sync-wire)/',
          '^agent/(session/|agent\\.ts$|list/(ended-alone|lapses)\\.ts$|local/tell-detached\\.ts$)',
          '^controller/(server/(services|http)/|fleet/(host|hub)/|operations/queries/check\\.ts$|store/etcd/client/)',
        ],
      },
      to: { path: '^proto/gen/' },
    },
    {
      name: 'ffi-in-datapath-only',
      severity: 'error',
      // systemd.ts: one libc call, loaded only under systemd.
      from: { pathNot: '^((agent/datapath|lab|test|bench|scripts)/|common/host/systemd\\.ts$)' },
      to: { path: 'node_modules/(koffi|execa)/' },
    },
    {
      name: 'database-in-store-only',
      severity: 'error',
      from: { pathNot: '^(controller/store|lab|test|bench|scripts)/' },
      to: { path: '^(node:)?sqlite$' },
    },
    ...rooms.slice(0, -1).map((room, floor) => ({
      name: `controller-floor-${floor}-looks-down`,
      severity: 'error',
      from: { path: `^controller/(${room})`, pathNot: '\\.test\\.ts$' },
      to: { path: `^controller/(${rooms.slice(floor + 1).join('|')})` },
    })),
    {
      name: 'stores-know-no-rules',
      comment: 'rules run in controller/store/ruled-store.ts, on transactions that every store gives',
      severity: 'error',
      from: { path: '^controller/store/(sqlite|memory|etcd)/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^controller/(identity/changes/(?!identity-tx)|claims/(block|unblock|report|confirm|end|lists/(replace|remove|except|end))\\.ts)',
      },
    },
    {
      name: 'grpc-in-rpc-and-services-only',
      comment: 'agent and cli call the controller with common/rpc/client, which does without it',
      severity: 'error',
      from: {
        pathNot: [
          '^common/rpc/',
          '^controller/(server/services|store/etcd/client)/',
          '^(lab|test|bench|scripts)/',
          '^proto/gen/',
          '\\.test\\.ts$',
        ],
      },
      to: { path: 'node_modules/(@grpc|grpc-health-check)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'production-needs-dependencies',
      severity: 'error',
      from: { path: '^(common|agent|controller|cli)/', pathNot: '(\\.test\\.ts$|^controller/store/contract/)' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|node_modules)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js', '.cjs', '.mjs', '.json'],
    },
  },
};
