// The table of results, as docs/kernels.md carries it: one column per kernel, one row per check.
import { CHECKS, type Kernel, type Result } from './matrix.ts';

/** A kernel as it was booted. */
export interface Booted {
  readonly kernel: Kernel;
  /** As `uname -r` prints it. */
  readonly release: string;
  readonly results: readonly Result[];
}

/** Checks that a kernel owes: failed, or never reported. Its guest itself is one when it did not end. */
export function failures({ kernel, results }: Booted, wanted = CHECKS[kernel.promise]): Result[] {
  const reported = new Set(results.map(({ check }) => check));
  const missing = wanted
    .filter((check) => !reported.has(check))
    .map((check) => ({ check, ok: false, text: 'no result' }));
  return [...results.filter(({ check, ok }) => !ok && (wanted.includes(check) || check === 'guest')), ...missing];
}

/** In Markdown. */
export function table(booted: readonly Booted[]): string {
  const rows = [...CHECKS.claimed, ...CHECKS.refused].map((check) => [
    check,
    ...booted.map(({ kernel, results }) => {
      const result = results.find((each) => each.check === check && CHECKS[kernel.promise].includes(check));
      return result === undefined ? '-' : result.ok ? result.text : `**failed**: ${result.text}`;
    }),
  ]);
  const head = ['', ...booted.map(({ kernel, release }) => `${release} (${kernel.suite})`)];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const BEGIN = '<!-- npm run test:kernels writes from here -->';
const END = '<!-- to here -->';

/** The document with its table replaced. @throws Error when it has no place for one */
export function withTable(document: string, made: string): string {
  const [before, rest] = document.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`the document has no "${BEGIN}" and "${END}"`);
  return `${before}${BEGIN}\n${made}\n${END}${after}`;
}
