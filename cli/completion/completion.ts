// What may stand at the end of a command line that is being typed: commands and options from the program as it is, and values from the
// fleet, by the kind that an option or an argument takes.
import type { Argument, Command, Option } from 'commander';
import type { GlobalOptions } from '../environment.ts';

/** Where values come from; `files`: from the shell. */
export type ValueKind =
  | 'hosts'
  | 'labels'
  | 'lists'
  | 'feeds'
  | 'origins'
  | 'contexts'
  | 'tokens'
  | 'operators'
  | 'loginTokens'
  | 'apiKeys'
  | 'detectors'
  | 'hooks'
  | 'confirmations'
  | 'files';

/** A possible next word, with what it means for the shells that show that. */
export interface Candidate {
  /** What the word becomes. */
  readonly text: string;
  readonly description?: string;
}

/** Values of a kind, for the credentials that the line names. */
export type Values = (kind: ValueKind, options: GlobalOptions, term: string) => Promise<readonly Candidate[]>;

/** The whole answer where the shell should complete file names. */
const FILES = ':files';

const OF_OPTIONS: Readonly<Record<string, ValueKind>> = {
  '--host': 'hosts',
  '--selector': 'labels',
  '--label': 'labels',
  '--list': 'lists',
  '--origin': 'origins',
  '--context': 'contexts',
  '--token': 'loginTokens',
  '--file': 'files',
  '--config': 'files',
  '--token-file': 'files',
  '--key-file': 'files',
  '--secret-file': 'files',
  '--out': 'files',
};

const OF_ARGUMENTS: Readonly<Record<string, readonly ValueKind[]>> = {
  hosts: ['hosts'],
  watch: ['hosts'],
  'host label': ['hosts', 'labels'],
  'host revoke': ['hosts'],
  'lists rm': ['lists'],
  'lists exceptions': ['lists'],
  'lists include': ['lists'],
  'feed show': ['feeds'],
  'feed refresh': ['feeds'],
  'feed pause': ['feeds'],
  'feed resume': ['feeds'],
  'feed rm': ['feeds'],
  'token revoke': ['tokens'],
  'operator revoke': ['operators'],
  'apikey revoke': ['apiKeys'],
  'detector set': ['detectors'],
  'detector rm': ['detectors'],
  'hook show': ['hooks'],
  'hook rm': ['hooks'],
  'context use': ['contexts'],
  'context remove': ['contexts'],
  confirm: ['confirmations'],
  import: ['files'],
};

/** The words before the last one, understood. */
interface Line {
  command: Command;
  path: string;
  positionals: number;
  /** The option that waits for a value, and whether it has one already. */
  pending: { readonly option: Option; readonly filled: boolean } | undefined;
  globals: { config?: string; context?: string; controller?: string };
}

/** Candidates for the last of `words` (without the program's name). */
export async function complete(program: Command, words: readonly string[], values: Values): Promise<Candidate[]> {
  const current = words.at(-1) ?? '';
  const line = understood(program, words.slice(0, -1));
  const of = (option: Option, typed: string) =>
    valuesOf(line, typed, values, option.argChoices, OF_OPTIONS[option.long ?? '']);
  if (line.pending && !line.pending.filled) return await of(line.pending.option, current);
  const [, name = '', typed = ''] = /^(--[a-z-]+)=(.*)$/s.exec(current) ?? [];
  if (name !== '') {
    const option = optionOf(line.command, name);
    const found = option ? await of(option, typed) : [];
    return found[0]?.text === FILES ? found : found.map((each) => ({ ...each, text: `${name}=${each.text}` }));
  }
  if (current.startsWith('-')) return optionsOf(line.command, current);
  const more = line.pending ? await of(line.pending.option, current) : [];
  const found = [...more, ...(await argumentsOf(line, current, values))];
  // Where a value is due, options would be taken for values.
  if (found.length === 0 && current === '' && OF_ARGUMENTS[line.path] === undefined) return optionsOf(line.command, '');
  return found.length > 1 ? found.filter(({ text }) => text !== FILES) : found;
}

function understood(program: Command, words: readonly string[]): Line {
  const line: Line = { command: program, path: '', positionals: 0, pending: undefined, globals: {} };
  for (const word of words) {
    if (word.startsWith('-') && word !== '-') {
      const [name = '', value] = word.split(/=(.*)/s);
      const option = optionOf(line.command, name);
      line.pending = option?.required && value === undefined ? { option, filled: false } : undefined;
      if (option && value !== undefined) note(line, option, value);
    } else if (line.pending && (!line.pending.filled || line.pending.option.variadic)) {
      note(line, line.pending.option, word);
      line.pending = line.pending.option.variadic ? { option: line.pending.option, filled: true } : undefined;
    } else enter(line, word);
  }
  return line;
}

function note({ globals }: Line, option: Option, value: string): void {
  if (option.long === '--config') globals.config = value;
  if (option.long === '--context') globals.context = value;
  if (option.long === '--controller') globals.controller = value;
}

/** A command's name, or an argument. */
function enter(line: Line, word: string): void {
  const child = line.positionals === 0 ? line.command.commands.find((each) => each.name() === word) : undefined;
  if (!child) line.positionals++;
  else {
    line.command = child;
    line.path = line.path === '' ? word : `${line.path} ${word}`;
  }
}

function optionOf(command: Command, name: string): Option | undefined {
  return withParents(command)
    .flatMap(({ options }) => options)
    .find((option) => option.long === name || option.short === name);
}

/** The innermost first: it wins. */
function withParents(command: Command): Command[] {
  return [command, ...(command.parent ? withParents(command.parent) : [])];
}

function optionsOf(command: Command, typed: string): Candidate[] {
  const help = command.createHelp();
  return [
    ...help.visibleOptions(command),
    ...withParents(command)
      .slice(1)
      .flatMap(({ options }) => options),
  ]
    .map((option) => ({ text: option.long ?? option.short ?? '', description: option.description }))
    .filter(({ text }, i, all) => text.startsWith(typed) && all.findIndex((other) => other.text === text) === i);
}

async function argumentsOf(line: Line, typed: string, values: Values): Promise<Candidate[]> {
  const { command, path, positionals } = line;
  const commands =
    positionals > 0
      ? []
      : command
          .createHelp()
          .visibleCommands(command)
          .filter((child) => child.name() !== 'help');
  const argument: Argument | undefined =
    command.registeredArguments[positionals] ??
    (command.registeredArguments.at(-1)?.variadic ? command.registeredArguments.at(-1) : undefined);
  const kinds = OF_ARGUMENTS[path] ?? [];
  const kind = kinds[positionals] ?? (argument?.variadic ? kinds.at(-1) : undefined);
  return [
    ...matching(
      commands.map((child) => ({ text: child.name(), description: child.summary() || child.description() })),
      typed,
    ),
    ...(argument ? await valuesOf(line, typed, values, argument.argChoices, kind) : []),
  ];
}

/** Hosts and terms of labels may be listed with commas: the last of them is completed. */
async function valuesOf(
  { globals }: Line,
  typed: string,
  values: Values,
  choices: readonly string[] | undefined,
  kind: ValueKind | undefined,
): Promise<Candidate[]> {
  if (choices)
    return matching(
      choices.map((text) => ({ text })),
      typed,
    );
  if (kind === undefined) return [];
  if (kind === 'files') return [{ text: FILES }];
  const before = kind === 'hosts' || kind === 'labels' ? typed.slice(0, typed.lastIndexOf(',') + 1) : '';
  const term = typed.slice(before.length);
  const found = matching(await values(kind, globals, term), term);
  return found.map((each) => ({ ...each, text: `${before}${each.text}` }));
}

function matching(candidates: readonly Candidate[], typed: string): Candidate[] {
  return candidates.filter(({ text }) => text.startsWith(typed));
}
