// The table of results, as docs/kernels.md carries it: one column per kernel, one row per check.
import { z } from 'zod';
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

const kept = z.object({
  release: z.string(),
  results: z.array(z.object({ check: z.string(), ok: z.boolean(), text: z.string() })),
});

/** What a file keeps of a kernel for the table. */
export const keep = ({ release, results }: Booted): string => JSON.stringify({ release, results });

/** @throws ZodError when `text` is not from keep() */
export const recall = (kernel: Kernel, text: string): Booted => ({ kernel, ...kept.parse(JSON.parse(text)) });

/** The newer results, and those of an earlier run of the same kernel that were not repeated. */
export function merge(earlier: Booted | undefined, booted: Booted): Booted {
  if (earlier?.release !== booted.release) return booted;
  const repeated = new Set(booted.results.map(({ check }) => check));
  return { ...booted, results: [...earlier.results.filter(({ check }) => !repeated.has(check)), ...booted.results] };
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
