// Settings of fleetblock-agent: flags, then FLEETBLOCK_* variables, then a YAML file; checked once, here.
import { hostname } from 'node:os';
import { Argument, Command, Option } from 'commander';
import { FleetblockError } from '../common/errors.ts';
import { LOG_LEVELS } from '../common/logger.ts';
import { applyYamlFile } from '../common/settings.ts';
import { parseDuration } from '../common/text/duration.ts';
import { type Endpoint, formatEndpoint, parseEndpoint } from '../common/text/endpoint.ts';
import { type Prefix, parsePrefix } from '../common/text/prefix.ts';
import { VERSION } from '../common/version.ts';
import { DEFAULT_PIN_DIR, type XdpModeRequest } from './datapath/datapath.ts';
import { DEFAULT_CAPACITY } from './datapath/decision/limits.ts';
import {
  type Format,
  isYes,
  list,
  type Options,
  readCount,
  readFormat,
  readLabel,
  readMode,
  readPort,
  text,
} from './local/option-values.ts';
import { reportSettings } from './reports/options.ts';
import { DEFAULT_REPORT_SOCKET, type ReportSettings } from './reports/settings.ts';

/** Holds the host's identity, the record of its view and the agent's socket. */
const DEFAULT_STATE_DIR = '/var/lib/fleetblock-agent';

/** For `join`, checked. */
export interface JoinSettings {
  /** HOST:PORT */
  readonly controller: string;
  readonly stateDir: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Enroll again a host that is enrolled already. */
  readonly replace: boolean;
  /** A path, or `-` for standard input; undefined: FLEETBLOCK_TOKEN. */
  readonly tokenFile: string | undefined;
}

/** For `run`, checked, with the defaults filled in. */
export interface RunSettings {
  readonly stateDir: string;
  readonly pinDir: string;
  /** To attach to. Empty: those of the default routes. */
  readonly interfaces: readonly string[];
  readonly xdpMode: XdpModeRequest;
  /** One that does not exist yet is attached when it appears; without names, a default route is waited for. */
  readonly waitForInterface: boolean;
  /** How many addresses per family the maps are sized for, and as many prefixes per family. */
  readonly capacity: number;
  readonly protect: readonly Prefix[];
  readonly sshPorts: readonly number[];
  readonly auditIntervalMs: number;
  readonly logLevel: string;
  /** Where detectors on this host report; empty: nowhere. */
  readonly reportSocket: string;
  /** Undefined: no metrics are served. */
  readonly metrics: Endpoint | undefined;
}

/** `pinDir` is read only when no agent answers in `stateDir`. */
export interface StatusSettings {
  readonly stateDir: string;
  readonly pinDir: string;
  readonly format: Format;
}

/** Of the agent that is asked. */
export interface HealthSettings {
  readonly stateDir: string;
}

/** `pinDir` tells which programs on the interfaces are this agent's own; without interfaces only the host is examined. */
export interface DoctorSettings {
  readonly pinDir: string;
  readonly interfaces: readonly string[];
  readonly format: Format;
}

/** For `detach`, checked. */
export interface DetachSettings {
  /** Has the identity with which it reports to the controller. */
  readonly stateDir: string;
  readonly pinDir: string;
  /** Only from these; empty: everything goes, maps included. */
  readonly interfaces: readonly string[];
}

/** What each subcommand runs, handed in so that tests can read settings without running anything. */
export interface Actions {
  readonly join: (settings: JoinSettings) => Promise<void>;
  readonly run: (settings: RunSettings) => Promise<void>;
  readonly detach: (settings: DetachSettings) => Promise<void>;
  readonly status: (settings: StatusSettings) => Promise<void>;
  readonly health: (settings: HealthSettings) => Promise<void>;
  readonly resync: (settings: { readonly stateDir: string }) => Promise<void>;
  readonly report: (settings: ReportSettings) => Promise<void>;
  readonly doctor: (settings: DoctorSettings) => Promise<void>;
}

const EXAMPLES = `
A host becomes one of a fleet in two commands:
  fleetblock-agent join HOST:PORT --token-file -          the token comes from: fleetblock token create
  fleetblock-agent run                                    on the interfaces of the default routes, or --interface eth0

Settings are taken from flags, then from variables (FLEETBLOCK_STATE_DIR for --state-dir and so on), then from a YAML file
with the flags' names as keys (--config FILE or FLEETBLOCK_AGENT_CONFIG).
Exit codes: 0 done, 1 failure, 2 usage or bad input. Stopping the agent never stops enforcement: only detach does.`;

/** The command line: each subcommand reads its settings from flags, variables and the YAML file, then runs its action. */
export function buildProgram(actions: Actions): Command {
  const program = new Command('fleetblock-agent')
    .description("Enforces the fleet's blocklist on this host, in the kernel.")
    .version(VERSION, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .showHelpAfterError('(see --help)')
    .addHelpText('after', EXAMPLES);

  const join = program
    .command('join')
    .description('enroll this host with a token')
    .argument('[HOST:PORT]', 'the controller (or FLEETBLOCK_CONTROLLER)')
    .addOption(setting('--token-file <file>', 'file with the token, - for standard input (or FLEETBLOCK_TOKEN itself)'))
    .addOption(setting('--name <name>', "this host's name in the fleet").default(hostname(), 'the hostname'))
    .addOption(setting('--label <key=value>', 'a label, for selectors; may be repeated', { list: true }))
    .option('--replace', 'enroll this host again: its new identity replaces the old one')
    .action((controller: unknown, options: Options) => actions.join(joinSettings(controller, options)));

  const run = program
    .command('run')
    .description('attach to the interfaces and stay in step with the controller, until stopped')
    .addOption(
      setting(
        '--wait-for-interface',
        'attach interfaces that do not exist yet when they appear; without names, wait for a default route',
      ),
    )
    .addOption(
      setting('--xdp-mode <mode>', 'native: in the driver; generic: slower, in any; auto: the best that works')
        .choices(['auto', 'native', 'generic'])
        .default('auto'),
    )
    .addOption(
      setting('--capacity <n>', 'addresses of each family that the maps are made for, and as many prefixes')
        .argParser(readCount)
        .default(DEFAULT_CAPACITY),
    )
    .addOption(
      setting('--protect <prefixes>', 'never dropped on this host, beside what the agent finds itself', { list: true }),
    )
    .addOption(
      setting('--ssh-ports <ports>', 'local ports whose logged-in peers are protected (default: 22)', { list: true }),
    )
    .addOption(
      setting('--audit-interval <duration>', 'how often the kernel is compared with what it should hold').default(
        '60s',
      ),
    )
    .addOption(setting('--report-socket <path>', 'where detectors on this host report; none without it'))
    .addOption(setting('--metrics <host:port>', 'serve Prometheus metrics, /healthz and /readyz there, without TLS'))
    .addOption(setting('--log-level <level>', 'least level that is logged').choices(LOG_LEVELS).default('info'))
    .action((options: Options) => actions.run(runSettings(options)));

  const detach = program
    .command('detach')
    .description('end enforcement on this host: take the program off its interfaces and remove its maps')
    .addOption(
      new Option('--interface <names>', 'only from these; maps and other interfaces stay as they are').argParser(
        appendList,
      ),
    )
    .action((options: Options, command: Command) => actions.detach(detachSettings(options, command)));

  const status = program
    .command('status')
    .description('what this host enforces, whether or not the agent runs')
    .addOption(format())
    .action((options: Options) => actions.status(statusSettings(options)));

  const health = program
    .command('health')
    .description(
      'ask the running agent whether it enforces on all its interfaces; exit code 1 when it does not, or none runs',
    )
    .action((options: Options) => actions.health({ stateDir: text(options, 'stateDir') }));

  const resync = program
    .command('resync')
    .description("accept the controller's list even if it is older or of another store (after a backup was restored)")
    .action((options: Options) => actions.resync({ stateDir: text(options, 'stateDir') }));

  const doctor = program
    .command('doctor')
    .description('what to expect of XDP on this host, and what to change')
    .addOption(format())
    .action((options: Options) => actions.doctor(doctorSettings(options)));

  const report = program
    .command('report')
    .description(
      'ask the fleet to block an address that a detector on this host has found, as far as its policy lets it',
    )
    .addArgument(new Argument('<verb>', 'what the detector has decided').choices(['ban', 'unban']))
    .argument('<address>', 'an address, or a /64 of IPv6')
    .requiredOption('--source <source>', 'the detector, as the policies of the fleet name it: fail2ban:sshd')
    .option(
      '-d, --duration <time>',
      'block for this time; a bare number is seconds (default: as long as the policy lets it)',
    )
    .option('--wait', "wait for the controller's answer")
    .addOption(setting('--report-socket <path>', "the agent's socket for reports").default(DEFAULT_REPORT_SOCKET))
    .action((verb: string, address: string, options: Options) =>
      actions.report(reportSettings(verb, address, options)),
    );

  const all = [join, run, detach, status, health, resync, report, doctor];
  // Every command accepts these, so that one set of flags serves all; the sets say which commands use them.
  const shared: readonly (readonly [ReadonlySet<Command>, string, () => Option])[] = [
    [
      new Set([join, run, detach, status, health, resync]),
      '--state-dir <dir>',
      () => setting('--state-dir <dir>', 'where the agent keeps its identity and list').default(DEFAULT_STATE_DIR),
    ],
    [
      new Set([run, detach, status, doctor]),
      '--pin-dir <dir>',
      () => setting('--pin-dir <dir>', 'where its maps and links are pinned, on bpffs').default(DEFAULT_PIN_DIR),
    ],
    [
      new Set([run, doctor]),
      '--interface <names>',
      () =>
        setting(
          '--interface <names>',
          'network interfaces, separated by commas (run without: those of the default routes)',
          { list: true },
        ),
    ],
  ];
  for (const command of all)
    for (const [users, flags, option] of shared)
      if (!command.options.some(({ long }) => flags.startsWith(`${long} `)))
        command.addOption(users.has(command) ? option() : unused(flags));
  const known = new Set(all.flatMap((command) => command.options.flatMap(({ long }) => long?.slice(2) ?? [])));
  for (const command of all) {
    command.addOption(new Option('--config <file>', 'YAML file with settings').env('FLEETBLOCK_AGENT_CONFIG'));
    command.hook('preAction', () => {
      const file = text(command.opts(), 'config');
      // One file serves all commands: a setting of another command is not an error.
      if (file) applyYamlFile(command, file, known);
    });
  }
  return program;
}

/** An option that a variable can set: --pin-dir by FLEETBLOCK_PIN_DIR. A list is split at commas and may be repeated. */
function setting(flags: string, description: string, { list = false } = {}): Option {
  const [, name = ''] = /^--([a-z-]+)/.exec(flags) ?? [];
  const option = new Option(flags, description).env(`FLEETBLOCK_${name.replaceAll('-', '_').toUpperCase()}`);
  return list ? option.argParser(appendList) : option;
}

/** An option that its command does not use. Its variable is not read: it is meant for other commands. */
function unused(flags: string): Option {
  return new Option(flags, 'has no effect here: accepted so that one set of settings serves all commands');
}

function appendList(value: string, before: unknown): string[] {
  const parts = value.split(',').map((part) => part.trim());
  return [...(Array.isArray(before) ? before.map(String) : []), ...parts.filter((part) => part !== '')];
}

function format(): Option {
  return new Option('-o, --output <form>', 'table: for people, json: for programs')
    .choices(['table', 'json'])
    .default('table');
}

function joinSettings(argument: unknown, options: Options): JoinSettings {
  const controller = typeof argument === 'string' ? argument : (process.env.FLEETBLOCK_CONTROLLER ?? '');
  if (controller === '')
    throw new FleetblockError('INVALID_ARGUMENT', 'no controller: fleetblock-agent join HOST:PORT --token-file FILE');
  return {
    controller: formatEndpoint(parseEndpoint(controller)),
    stateDir: text(options, 'stateDir'),
    name: text(options, 'name'),
    labels: Object.fromEntries(list(options, 'label').map(readLabel)),
    replace: options.replace === true,
    tokenFile: text(options, 'tokenFile') || undefined,
  };
}

function runSettings(options: Options): RunSettings {
  const capacity = options.capacity;
  const metrics = text(options, 'metrics');
  return {
    stateDir: text(options, 'stateDir'),
    pinDir: text(options, 'pinDir'),
    interfaces: [...new Set(list(options, 'interface'))],
    waitForInterface: isYes(options.waitForInterface),
    xdpMode: readMode(text(options, 'xdpMode')),
    capacity: typeof capacity === 'number' ? capacity : DEFAULT_CAPACITY,
    protect: list(options, 'protect').map((each) => parsePrefix(each)),
    sshPorts: list(options, 'sshPorts', ['22']).map(readPort),
    auditIntervalMs: parseDuration(text(options, 'auditInterval')),
    logLevel: text(options, 'logLevel'),
    reportSocket: text(options, 'reportSocket'),
    metrics: metrics === '' ? undefined : parseEndpoint(metrics),
  };
}

function statusSettings(options: Options): StatusSettings {
  return { stateDir: text(options, 'stateDir'), pinDir: text(options, 'pinDir'), format: readFormat(options) };
}

/** Only a flag narrows it: the service's variables and file name all interfaces, and `detach` alone must end everything. */
function detachSettings(options: Options, command: Command): DetachSettings {
  const flag = command.getOptionValueSource('interface') === 'cli';
  const interfaces = flag ? [...new Set(list(options, 'interface'))] : [];
  if (flag && interfaces.length === 0)
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      'detach --interface: name at least one, or leave it out to end everything',
    );
  return { stateDir: text(options, 'stateDir'), pinDir: text(options, 'pinDir'), interfaces };
}

function doctorSettings(options: Options): DoctorSettings {
  return { pinDir: text(options, 'pinDir'), interfaces: list(options, 'interface'), format: readFormat(options) };
}
