// What a form of list is: its name, what it looks like, how it is recognised, and its reader.
import type { Rows } from './rows.ts';

/** Takes a file in pieces, which may be cut anywhere. */
export interface Reader {
  /** @throws FleetblockError INVALID_ARGUMENT: not of this form at all. */
  push(bytes: Buffer): void;
  /** After the last piece. @throws as push. */
  end(): void;
}

/** Under `auto`, the form that recognizes most of a file's first lines reads it. */
export interface Form {
  /** For `--format`. */
  readonly name: string;
  /** What it is, in a few words. */
  readonly summary: string;
  /** A file of this form; docs/cli.md has its first lines. */
  readonly sample: string;
  /**
   * How many of the first lines of a file are as this form has them.
   * @param lines without blanks around them; no comments among them
   */
  recognizes(lines: readonly string[]): number;
  /** What names a place of addresses in it, for `--at`. */
  readonly places?: RegExp;
  /** `at`: where in it the addresses are, in the forms that have `places`. */
  read(rows: Rows, at?: string): Reader;
}

/** A form in which each line stands for itself. */
export interface LineForm extends Pick<Form, 'name' | 'summary' | 'sample'> {
  readonly line: RegExp;
  /** A backslash at the end of a line joins the next one to it, without the blanks that it begins with. */
  readonly isWrapped?: boolean;
  /**
   * `text`: never blank, never a comment line. What is bad is thrown, and becomes a finding of this line.
   * @throws FleetblockError INVALID_ARGUMENT
   */
  readLine(text: string, rows: Rows): void;
}

/** For forms that are recognised by their first line. */
export function byFirstLine(pattern: RegExp): Form['recognizes'] {
  return (lines) => (pattern.test(lines[0] ?? '') ? lines.length : 0);
}

/** For forms of which every line looks alike: counts the lines that match. */
export function byEachLine(pattern: RegExp): Form['recognizes'] {
  return (lines) => lines.filter((line) => pattern.test(line)).length;
}
