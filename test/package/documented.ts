// The commands and options that the documentation tells people to type: in blocks of usage, and in blocks for a shell.

export interface Documented {
  /** `fleetblock token create`; the program alone for options that go with any command. */
  readonly command: string;
  /** As it is written: `-d`, `--uses`. */
  readonly option: string | undefined;
}

/** What stands for options in a usage. */
const TARGETS = ['--all-hosts', '--host', '-l'];

/** Each pair of a command and an option of it, and each command by itself. */
export function documentedIn(markdown: string): Documented[] {
  const inBlocks = (...kinds: readonly string[]) =>
    [...markdown.matchAll(/^```([a-z]*)\n(.*?)^```/gms)]
      .filter(([, kind = '']) => kinds.includes(kind))
      // A usage goes on on the next line, indented.
      .flatMap(([, kind = '', block = '']) => {
        const lines = block.replaceAll(/\n +/g, ' ').split('\n');
        return kind === 'console' ? lines.filter((line) => line.startsWith('$ ')) : lines;
      })
      .flatMap((line) => commandsOf(line.replace(/^\$ /, '').replace(/ +# .*/, '')));
  const usages = inBlocks('');
  // What is typed for a shell has arguments that look like words of a command: `operator token alice`.
  const typed = inBlocks('sh', 'console').map((each) => {
    const [known] = usages
      .map(({ command }) => command)
      .filter((command) => command.includes(' ') && `${each.command} `.startsWith(`${command} `))
      .sort((one, other) => other.length - one.length);
    return known === undefined ? each : { ...each, command: known };
  });
  return [...new Map([...usages, ...typed].map((each) => [`${each.command} ${each.option}`, each])).values()];
}

/** A line may have several: alternatives in a usage, or a pipe. */
function commandsOf(line: string): Documented[] {
  const parts = alternatives(line);
  const program = /^fleetblock(-agent|-controller)?(?= |$)/.exec(parts[0] ?? '')?.[0];
  return parts.flatMap((part) => {
    // Not the user `fleetblock`, as whom something is run.
    const [, typed = ''] = /((?:^|\s)fleetblock(?:-agent|-controller)? (?!-- ).*)$/.exec(part) ?? [];
    if (typed !== '') return commandOf(typed.trim());
    return program === undefined ? [] : commandOf(`${program} ${part}`);
  });
}

function commandOf(text: string): Documented[] {
  const words = text.split(' ');
  const length = words.findIndex((word, i) => i > 0 && !/^[a-z]+$/.test(word));
  const command = (length < 0 ? words : words.slice(0, length)).join(' ');
  const named = [...text.matchAll(/(?<=[\s([|])--?[a-zA-Z][a-z-]*/g)].map(([option]) => option);
  const options = /\bTARGET\b/.test(text) ? [...named, ...TARGETS] : named;
  return [undefined, ...options].map((option) => ({ command, option }));
}

/** Splits at ` | ` outside of brackets. */
function alternatives(line: string): string[] {
  let depth = 0;
  let part = '';
  const parts: string[] = [];
  for (const word of line.split(' ')) {
    depth += (word.match(/[[(]/g)?.length ?? 0) - (word.match(/[\])]/g)?.length ?? 0);
    if (word === '|' && depth === 0) {
      parts.push(part);
      part = '';
    } else part += part === '' ? word : ` ${word}`;
  }
  return [...parts, part];
}

/** Whether one of the lines types it. A command's arguments may look like a longer command: `completion bash`. */
export function isTyped({ command, option }: Documented, lines: readonly string[]): boolean {
  return lines.some((line) => {
    const isGeneral = !command.includes(' ');
    const isCommand = isGeneral ? line.startsWith(`${command} `) : line === command || line.startsWith(`${command} `);
    return isCommand && (option === undefined || line.split(' ').includes(option));
  });
}
