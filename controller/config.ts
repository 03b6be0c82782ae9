// Settings of fleetblock-controller: flags, then FLEETBLOCK_* variables, then a YAML file; checked once, here.
import { Argument, Command, Option } from 'commander';
import { FleetblockError } from '../common/errors.ts';
import { LOG_LEVELS } from '../common/logger.ts';
import { applyYamlFile } from '../common/settings.ts';
import { parseDuration } from '../common/text/duration.ts';
import { type Endpoint, formatEndpoint, parseEndpoint } from '../common/text/endpoint.ts';
import { VERSION } from '../common/version.ts';
import { ISSUER_NAMES, type IssuerName, OPERATOR_ROLES } from './identity/pki/names.ts';
import type { HttpSettings } from './server/http/start-http.ts';

/** As in the systemd unit and the container. */
const DEFAULT_DATA_DIR = '/var/lib/fleetblock';
/** IPv4 on all interfaces: agents and operators share the port. */
const DEFAULT_LISTEN = '0.0.0.0:7443';

/** `advertise` is HOST:PORT, as agents and operators will dial it. */
export interface InitSettings {
  readonly dataDir: string;
  readonly fleet: string;
  readonly advertise: string;
  /** As given: `run` needs the same. */
  readonly listen: string;
}

/** The settings of `run`; the rest is in the data directory. */
export interface RunSettings {
  readonly dataDir: string;
  readonly listen: Endpoint;
  /** Undefined: no metrics are served. */
  readonly metrics: Endpoint | undefined;
  /** Undefined: no HTTP is served. */
  readonly http: HttpSettings | undefined;
  readonly logLevel: string;
  readonly trustClock: boolean;
}

/** `role` is checked where the certificate is issued. */
export interface CredentialsSettings {
  readonly dataDir: string;
  readonly name: string;
  readonly role: string;
  /** Milliseconds. */
  readonly ttlMs: number;
  /** Undefined: below the data directory. */
  readonly out: string | undefined;
}

/** Of the controller that is asked. */
export interface HealthSettings {
  readonly dataDir: string;
}

/** For `backup` and `restore` alike. */
export interface BackupSettings {
  readonly dataDir: string;
  /** What is written by a backup and read by a restore. */
  readonly file: string;
}

/** `distrust` refuses what the old issuer signed, from the next start on. */
export interface RotateSettings {
  readonly dataDir: string;
  readonly issuer: IssuerName;
  /** Undefined: in the data directory. */
  readonly rootKey: string | undefined;
  readonly distrust: boolean;
}

/** What the subcommands do, so that tests can read settings without running anything. */
export interface Actions {
  readonly backup: (settings: BackupSettings) => Promise<void>;
  readonly credentials: (settings: CredentialsSettings) => Promise<void>;
  readonly health: (settings: HealthSettings) => Promise<void>;
  readonly init: (settings: InitSettings) => Promise<void>;
  readonly restore: (settings: BackupSettings) => Promise<void>;
  readonly rotate: (settings: RotateSettings) => Promise<void>;
  readonly run: (settings: RunSettings) => Promise<void>;
}

/** Parses only: the data directory is not touched before an action is called. */
export function buildProgram(actions: Actions): Command {
  const program = new Command('fleetblock-controller')
    .description('Keeps the blocklist of a fleet and sends every change to its agents.')
    .version(VERSION, '--version', 'print the version')
    .showHelpAfterError('(see --help)')
    .addHelpText(
      'after',
      '\nA new fleet in two commands:\n' +
        '  fleetblock-controller init --data-dir DIR --advertise HOST:PORT\n' +
        '  fleetblock-controller run --data-dir DIR --listen HOST:PORT\n' +
        '\nEvery option can be set by a variable (FLEETBLOCK_DATA_DIR...) or in a YAML file (--config FILE, keys as the\n' +
        'long options). Exit codes: 0 done, 1 failure, 2 usage.',
    );
  const init = withCommonOptions(program.command('init'))
    .description('make a new fleet in an empty data directory: its certificate authority, store and first admin')
    .addOption(option('--fleet <name>', 'name of the fleet').default('default'))
    .addOption(option('--advertise <host:port>', 'by which operators reach it (default: what --listen says)'))
    .addOption(
      new Option(
        '--metrics <host:port>',
        'has no effect here: accepted so that one set of settings serves all commands',
      ),
    )
    .action(async (options: Record<string, unknown>) => actions.init(initSettings(options)));
  const run = withCommonOptions(program.command('run'))
    .description('serve the fleet in a data directory')
    .option('--trust-clock', "this machine's clock is right, however far it is from the controller's last sign of life")
    .addOption(option('--metrics <host:port>', 'serve Prometheus metrics, /healthz and /readyz there, without TLS'))
    .addOption(option('--http <host:port>', 'serve the HTTP/JSON API there, with TLS'))
    .addOption(
      option('--http-cert <file>', "certificate of the HTTP port with its chain, PEM (default: the controller's own)"),
    )
    .addOption(option('--http-key <file>', 'its key, PEM'))
    .option('--http-plain', 'serve it without TLS, on a loopback address, for a proxy on this machine')
    .addOption(option('--log-level <level>', 'least level that is logged').choices(LOG_LEVELS).default('info'))
    .action(async (options: Record<string, unknown>) => actions.run(runSettings(options)));
  const health = program
    .command('health')
    .description('ask the controller that runs here whether it is well; exit code 1 when it is not, or none runs')
    .addOption(dataDirOption())
    .addOption(configOption())
    .action(async (options: Record<string, unknown>) => actions.health({ dataDir: text(options, 'dataDir') }));
  const credentials = program
    .command('credentials')
    .description("make an operator's credentials here, when no admin is left who could (the controller may run)")
    .addOption(dataDirOption())
    .addOption(new Option('--name <name>', 'of the operator').default('admin'))
    .addOption(new Option('--role <role>', 'what they may do').choices(OPERATOR_ROLES).default('admin'))
    .addOption(new Option('--ttl <duration>', 'how long they are good: 12h to 30d').default('7d'))
    .addOption(
      new Option(
        '--out <file>',
        'where they are written, mode 0600 (default: operators/NAME.yaml in the data directory)',
      ),
    )
    .addOption(configOption())
    .action(async (options: Record<string, unknown>) => actions.credentials(credentialsSettings(options)));
  const backup = program
    .command('backup')
    .description('copy the store to a new file, mode 0600 (the controller may run); the keys in DIR/pki are not in it')
    .argument('<file>', 'new file')
    .addOption(dataDirOption())
    .addOption(configOption())
    .action(async (file: string, options: Record<string, unknown>) => actions.backup(backupSettings(file, options)));
  const restore = program
    .command('restore')
    .description(
      'replace the store with a backup (the controller is stopped); the previous store stays as store.db.before-restore',
    )
    .argument('<file>', 'backup')
    .addOption(dataDirOption())
    .addOption(configOption())
    .action(async (file: string, options: Record<string, unknown>) => actions.restore(backupSettings(file, options)));
  const rotate = program
    .command('rotate')
    .description(
      'replace an issuer with a new one (the controller is stopped); what the old one signed stays valid until it expires',
    )
    .addArgument(new Argument('<issuer>', 'whose').choices(ISSUER_NAMES))
    .addOption(new Option('--distrust', 'refuse what the old one signed: its key was stolen'))
    .addOption(
      new Option('--root-key <file>', "the root's key, when it is kept elsewhere (default: in the data directory)"),
    )
    .addOption(dataDirOption())
    .addOption(configOption())
    .action(async (issuer: IssuerName, options: Record<string, unknown>) =>
      actions.rotate(rotateSettings(issuer, options)),
    );
  const commands = [init, run, health, credentials, backup, restore, rotate];
  // One file serves all of them.
  const known = new Set(commands.flatMap(({ options }) => options.map(({ long = '' }) => long.slice(2))));
  for (const command of commands)
    command.hook('preAction', () => {
      const file = text(command.opts(), 'config');
      if (file) applyYamlFile(command, file, known);
    });
  return program;
}

function withCommonOptions(command: Command): Command {
  return command
    .addOption(dataDirOption())
    .addOption(option('--listen <host:port>', 'the one port for agents and operators').default(DEFAULT_LISTEN))
    .addOption(configOption());
}

function dataDirOption(): Option {
  return option('--data-dir <dir>', 'where the fleet is kept').default(DEFAULT_DATA_DIR);
}

/** Not FLEETBLOCK_CONFIG: that names the credentials of the CLI, which may run in the same shell. */
function configOption(): Option {
  return new Option('--config <file>', 'YAML file with settings').env('FLEETBLOCK_CONTROLLER_CONFIG');
}

function option(flags: string, description: string): Option {
  const [, name = ''] = /^--([a-z-]+)/.exec(flags) ?? [];
  return new Option(flags, description).env(`FLEETBLOCK_${name.replaceAll('-', '_').toUpperCase()}`);
}

function initSettings(options: Record<string, unknown>): InitSettings {
  const listen = parseEndpoint(text(options, 'listen'));
  const advertise = text(options, 'advertise') || formatEndpoint(dialable(listen));
  parseEndpoint(advertise);
  return {
    dataDir: text(options, 'dataDir'),
    fleet: text(options, 'fleet'),
    advertise,
    listen: formatEndpoint(listen),
  };
}

function runSettings(options: Record<string, unknown>): RunSettings {
  const metrics = text(options, 'metrics');
  return {
    dataDir: text(options, 'dataDir'),
    listen: parseEndpoint(text(options, 'listen')),
    metrics: metrics ? parseEndpoint(metrics) : undefined,
    http: httpSettings(options),
    logLevel: text(options, 'logLevel'),
    trustClock: options.trustClock === true,
  };
}

function httpSettings(options: Record<string, unknown>): HttpSettings | undefined {
  const [http, certificate, key] = [text(options, 'http'), text(options, 'httpCert'), text(options, 'httpKey')];
  const plain = options.httpPlain === true;
  if (http === '') {
    if (certificate || key || plain)
      throw new FleetblockError('INVALID_ARGUMENT', 'settings of HTTP, and no place where it is served: say --http');
    return undefined;
  }
  if ((certificate === '') !== (key === ''))
    throw new FleetblockError('INVALID_ARGUMENT', 'a certificate needs its key: give both --http-cert and --http-key');
  if (plain && certificate)
    throw new FleetblockError('INVALID_ARGUMENT', 'a certificate, and no TLS: leave out --http-cert or --http-plain');
  return { listen: parseEndpoint(http), files: certificate ? { certificate, key } : undefined, plain };
}

function credentialsSettings(options: Record<string, unknown>): CredentialsSettings {
  return {
    dataDir: text(options, 'dataDir'),
    name: text(options, 'name'),
    role: text(options, 'role'),
    ttlMs: parseDuration(text(options, 'ttl')),
    out: text(options, 'out') || undefined,
  };
}

function backupSettings(file: string, options: Record<string, unknown>): BackupSettings {
  return { dataDir: text(options, 'dataDir'), file };
}

function rotateSettings(issuer: IssuerName, options: Record<string, unknown>): RotateSettings {
  return {
    dataDir: text(options, 'dataDir'),
    issuer,
    rootKey: text(options, 'rootKey') || undefined,
    distrust: options.distrust === true,
  };
}

/** Every address of this machine, as seen from it: what listens on all is dialled on the loopback one. */
function dialable({ host, port }: Endpoint): Endpoint {
  const loopback: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
  return { host: loopback[host] ?? host, port };
}

function text(options: Record<string, unknown>, name: string): string {
  const value = options[name] ?? '';
  if (typeof value !== 'string') throw new FleetblockError('INVALID_ARGUMENT', `${name} is given once, as a text`);
  return value;
}
