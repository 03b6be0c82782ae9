// fleetblock apply: make an origin's claims what a file says.
import type { Command } from 'commander';
import { FleetblockError } from '../../../common/errors.ts';
import { actionToWire } from '../../../common/rpc/action.ts';
import { selectorToWire } from '../../../common/rpc/selector.ts';
import type { ChangeReply__Output } from '../../../proto/gen/fleetblock/v1/ChangeReply.ts';
import { loadCredentials } from '../../credentials/credentials.ts';
import type { Declared } from '../../declared/file.ts';
import type { Differences, Step } from '../../declared/plan.ts';
import type { Cli } from '../../environment.ts';
import { type ChangeContext, changeExitCode, changeJson, changeText } from '../../output/claims/change.ts';
import { printValue } from '../../output/format.ts';
import { say } from '../../output/say.ts';
import { count, plural } from '../../output/text.ts';
import { type OperatorClient, withOperator } from '../../services/operator-client.ts';
import { addExamples, addOutput, addStages, addWait, type StageOptions, stagesOf } from '../options.ts';
import { type ChangeOptions, waitOf } from './change.ts';

interface ApplyOptions extends ChangeOptions, StageOptions {
  readonly prune?: boolean;
  readonly allowShrink?: boolean;
  readonly schema?: boolean;
}

/** From here on, losing more than half of an origin's claims needs a word. */
const SHRINKS_FROM = 10;

/** Only claims of the origin apply:NAME are touched; all calls are rehearsed before the first is made. */
export function register(program: Command, cli: Cli): void {
  const command = program
    .command('apply')
    .summary('block and allow what a file says, and prove it')
    .description(
      'Makes the claims of one origin (apply:NAME, by the name in the file) what a YAML file says. The same file twice changes nothing. Claims that are not in the file stay, unless --prune is given; claims of other origins are never touched.',
    )
    .option('-f, --file <file>', 'the file (- is stdin)')
    .option('--prune', 'remove claims of this origin that are not in the file')
    .option('--allow-shrink', 'with --prune, the origin may lose more than half of its claims')
    .option('-R, --reason <text>', 'the reason of what --prune removes, in the audit')
    .option('--dry-run', 'check and say what would happen, change nothing')
    .option('--schema', 'print the JSON Schema of the file');
  addStages(addWait(addOutput(command)));
  addExamples(
    command,
    'fleetblock apply -f blocks.yaml --dry-run',
    "fleetblock apply -f blocks.yaml --prune -R 'commit 4f2a9c1'",
    'fleetblock apply -f blocks.yaml --stages 1%,10%,100% --bake 5m',
    'fleetblock apply --schema > fleetblock-apply.schema.json',
  );
  command.action(async () => {
    const options = command.optsWithGlobals<ApplyOptions>();
    const { declaredSchema, readDeclared } = await import('../../declared/file.ts');
    if (options.schema) {
      cli.stdout.write(`${JSON.stringify(declaredSchema(), null, 2)}\n`);
      return;
    }
    if (options.file === undefined) throw invalid('which file? give one with -f FILE (- is stdin)');
    const declared = await readDeclared(cli, options.file);
    const credentials = await loadCredentials(cli, options);
    await withOperator(cli, credentials, (client) => apply(cli, client, declared, options), options.output);
  });
}

async function apply(cli: Cli, client: OperatorClient, declared: Declared, options: ApplyOptions): Promise<void> {
  const [{ differences, stepsOf }, { liveClaims }] = await Promise.all([
    import('../../declared/plan.ts'),
    import('../../declared/live.ts'),
  ]);
  const live = await liveClaims(client, declared.origin);
  const found = differences(declared, live);
  const { prune = false, dryRun = false, allowShrink = false } = options;
  const stages = stagesOf(options);
  const standing = live.length - found.staged.length;
  if (prune && !allowShrink && standing >= SHRINKS_FROM && found.extra.length * 2 > standing)
    throw new FleetblockError(
      'FAILED_PRECONDITION',
      `refused: ${count(found.extra.length)} of the ${count(standing)} claims of ${declared.origin} are not in the file; nothing was changed: --allow-shrink if they are to go`,
    );
  const steps = stepsOf(declared, found, prune, stages.stages !== undefined);
  const together = steps.filter((step) => step.kind === 'set' && step.inStages).length;
  const replies: ChangeReply__Output[] = [];
  // Whatever a step by itself would be refused for is found out before anything is changed. The guard judges the sum of a caller's blocks
  // with what is stored: steps that pass one by one can exceed it together, and then a later one is refused when it is made. Rollouts are counted.
  if (dryRun || steps.length > 1)
    for (const step of steps)
      replies.push(await send(client, step, { ...options, origin: declared.origin, dryRun: true }, together));
  if (!dryRun) {
    replies.length = 0;
    for (const step of steps) replies.push(await send(client, step, { ...options, origin: declared.origin }));
  }
  await print(cli, { declared, found, steps, replies }, options);
}

function send(
  client: OperatorClient,
  step: Step,
  options: ApplyOptions & { readonly origin: string },
  together = 0,
): Promise<ChangeReply__Output> {
  const { origin, dryRun = false } = options;
  const common = {
    prefixes: [...step.prefixes],
    target: selectorToWire(step.selector),
    origin,
    dryRun,
    ...waitOf(options),
  };
  if (step.kind === 'remove')
    return client.unblock({
      ...common,
      action: step.slot === 'allow' ? 'ACTION_ALLOW' : 'ACTION_BLOCK',
      reason: options.reason ?? '',
    });
  const { stages } = step.inStages ? stagesOf(options) : {};
  const inStages = stages && { stages: { ...stages, together } };
  return client.block({ ...common, ...actionToWire(step.action), reason: step.reason, ...inStages });
}

interface Applied {
  readonly declared: Declared;
  readonly found: Differences;
  readonly steps: readonly Step[];
  readonly replies: readonly ChangeReply__Output[];
}

async function print(cli: Cli, { declared, found, steps, replies }: Applied, options: ApplyOptions): Promise<void> {
  const { prune = false, dryRun = false, output } = options;
  const contextOf = (step: Step | undefined): ChangeContext => ({
    verb: step?.kind === 'set' ? step.action : step?.slot === 'allow' ? 'disallow' : 'unblock',
    waitMs: options.wait ? options.timeout : undefined,
    dryRun,
    selects: step?.selector.kind !== 'all',
    origin: declared.origin,
    now: cli.now(),
  });
  const done = replies.map((reply, i) => ({ reply, context: contextOf(steps[i]) }));
  // Before anything is printed: a reader that goes away ends the process with it.
  cli.exitCode = Math.max(0, ...done.map(({ reply, context }) => changeExitCode(ofThisOrigin(reply), context)));
  const texts = done.map(({ reply, context }) => changeText(reply, context));
  for (const note of texts.flatMap(({ notes }) => notes)) say(cli, note);
  const begun = replies.filter(({ rollout }) => rollout !== '').length;
  const counts = {
    added: found.missing.length,
    updated: found.different.length,
    staged: found.staged.length,
    unchanged: found.same.length,
    removed: prune ? found.extra.length : 0,
    extra: prune ? 0 : found.extra.length,
  };
  if (output === 'json' || output === 'yaml') {
    const changes = done.map(({ reply, context }) => changeJson(reply, context.verb));
    await printValue(cli, output, { origin: declared.origin, ...counts, changes });
  } else {
    for (const line of texts.flatMap(({ lines }) => lines)) cli.stdout.write(`${line}\n`);
    const parts = [
      plural(counts.added, 'new', 'new'),
      ...(counts.updated > 0 ? [plural(counts.updated, 'changed', 'changed')] : []),
      ...(counts.removed > 0 ? [plural(counts.removed, 'removed', 'removed')] : []),
      ...(counts.staged > 0 ? [plural(counts.staged, 'under way in stages', 'under way in stages')] : []),
    ];
    const verb = dryRun ? 'would apply' : 'applied';
    const where = begun > 0 ? ' up to the first stage' : '';
    cli.stdout.write(
      `${verb} ${declared.origin}${where}: ${plural(declared.claims.length, 'claim')} (${parts.join(', ')})\n`,
    );
  }
  for (const note of texts.flatMap(({ after }) => after)) say(cli, note);
  if (counts.extra > 0)
    say(
      cli,
      `${plural(counts.extra, 'claim')} of ${declared.origin} not in the file: --prune removes what fleetblock diff shows`,
    );
}

/** What other origins go on blocking is said, and no failure: the file speaks for its own. */
function ofThisOrigin(reply: ChangeReply__Output): ChangeReply__Output {
  const outcomes = reply.outcomes.map((each) => ({ ...each, stillBlockedBy: [], stillBlockedByMore: 0 }));
  return { ...reply, outcomes };
}

function invalid(message: string): FleetblockError {
  return new FleetblockError('INVALID_ARGUMENT', message);
}
