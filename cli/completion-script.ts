// Completion scripts for three shells, from the tree of commands.
import type { Command, Option } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

interface Node {
  /** `token create`; empty for the program itself. */
  readonly path: string;
  readonly summary: string;
  readonly commands: readonly string[];
  readonly options: readonly Option[];
}

export function completionScript(shell: string, program: Command): string {
  const nodes = flatten(program, '');
  if (shell === 'fish') return fish(nodes);
  // zsh reads bash's scripts.
  const head = shell === 'zsh' ? '#compdef fleetblock\nautoload -U +X bashcompinit && bashcompinit\n' : '';
  return `${head}${bash(nodes)}`;
}

function flatten(command: Command, path: string): Node[] {
  const children = command.commands.filter((child) => child.name() !== 'help');
  const node = {
    path,
    summary: command.summary() || command.description(),
    commands: children.map((child) => child.name()),
    options: command.options,
  };
  return [node, ...children.flatMap((child) => flatten(child, path === '' ? child.name() : `${path} ${child.name()}`))];
}

const names = (option: Option) => [option.long, option.short].filter((name) => name !== undefined);

function bash(nodes: readonly Node[]): string {
  const [program] = nodes;
  const globals = (program?.options ?? []).flatMap(names);
  const cases = nodes.map(({ path, commands, options }) => {
    const own = path === '' ? [] : options.flatMap(names);
    return `    '${path}') words='${[...commands, ...own, ...globals, '--help'].join(' ')}' ;;`;
  });
  const choices = nodes
    .flatMap(({ options }) => options)
    .flatMap((option) =>
      option.argChoices ? names(option).map((name) => `${name}=${option.argChoices?.join(' ')}`) : [],
    );
  const values = [...new Set(choices)].map((choice) => {
    const [name = '', words = ''] = choice.split('=');
    return `    ${name}) COMPREPLY=($(compgen -W '${words}' -- "$current")); return ;;`;
  });
  const takesFile = [
    ...new Set(
      nodes
        .flatMap(({ options }) => options)
        .filter(isFile)
        .flatMap(names),
    ),
  ];
  return `# fleetblock completion
_fleetblock() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path='' words='' word
  case "$previous" in
${values.join('\n')}
    ${takesFile.join('|')}) COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in
      ${nodes
        .filter(({ path }) => path !== '')
        .map(({ path }) => `'${path}'`)
        .join('|')}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _fleetblock fleetblock
`;
}

function fish(nodes: readonly Node[]): string {
  const quote = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const tops = nodes.filter(({ path }) => path !== '' && !path.includes(' ')).map(({ path }) => path);
  const lines = ['# fleetblock completion', 'complete -c fleetblock -f'];
  for (const node of nodes) {
    const [top, child] = node.path.split(' ');
    const seen =
      node.path === ''
        ? ''
        : `__fish_seen_subcommand_from ${top}${child === undefined ? '' : `; and __fish_seen_subcommand_from ${child}`}`;
    if (node.path !== '') {
      const parent =
        child === undefined
          ? `not __fish_seen_subcommand_from ${tops.join(' ')}`
          : `__fish_seen_subcommand_from ${top}`;
      lines.push(`complete -c fleetblock -n ${quote(parent)} -a ${child ?? top} -d ${quote(node.summary)}`);
    }
    for (const option of node.options) {
      const condition = seen === '' ? '' : ` -n ${quote(seen)}`;
      const long = option.long ? ` -l ${option.long.slice(2)}` : '';
      const short = option.short ? ` -s ${option.short.slice(1)}` : '';
      const value = option.argChoices
        ? ` -x -a ${quote(option.argChoices.join(' '))}`
        : isFile(option)
          ? ' -r -F'
          : option.required
            ? ' -x'
            : '';
      lines.push(`complete -c fleetblock${condition}${long}${short}${value} -d ${quote(option.description)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function isFile(option: Option): boolean {
  return option.flags.includes('<file>');
}
