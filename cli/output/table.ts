// Columns for people and for grep: aligned, no lines, one row per record.
import type { Cli, TextSink } from '../environment.ts';
import { paint } from './colour.ts';
import { printable } from './text.ts';

/** `cell` is the whole text: it is cut, coloured and padded by the table. */
export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  readonly align?: 'right';
  /** ANSI colour of the cell, where the terminal takes it. */
  readonly colour?: (row: Row) => 'green' | 'yellow' | 'red' | 'dim' | undefined;
  /** May be cut short to fit the terminal, the widest of these first. */
  readonly flexible?: boolean;
}

/** Rows that set the widths; later rows that are wider push their line, nothing is cut. */
const SAMPLE_ROWS = 2000;
const GAP = '  ';
const MIN_FLEXIBLE = 8;

/** A whole table as text. */
export function tableText<Row>(cli: Cli, columns: readonly Column<Row>[], rows: readonly Row[]): string {
  let text = '';
  const table = new Table(cli, columns, (part) => {
    text += part;
  });
  table.add(rows);
  table.end();
  return text;
}

/** Writes rows as they come: a list of any length is never in memory as a whole. */
export class Table<Row> {
  readonly #sink: TextSink;
  readonly #out: (text: string) => void;
  readonly #columns: readonly Column<Row>[];
  readonly #colours: boolean;
  #waiting: Row[] = [];
  #widths: number[] | undefined;

  /** `write`: where to; default stdout. */
  constructor(cli: Cli, columns: readonly Column<Row>[], write?: (text: string) => void) {
    this.#sink = cli.stdout;
    this.#out = write ?? ((text) => cli.stdout.write(text));
    this.#columns = columns;
    this.#colours = paint(cli, cli.stdout);
  }

  add(rows: readonly Row[]): void {
    if (this.#widths) {
      this.#write(rows, this.#widths);
      return;
    }
    this.#waiting.push(...rows);
    if (this.#waiting.length >= SAMPLE_ROWS) this.#start();
  }

  /** Writes what is left; the heading too when there was no row. */
  end(): void {
    if (!this.#widths) this.#start();
  }

  #start(): void {
    const widths = this.#columns.map((column) =>
      this.#waiting.reduce((widest, row) => Math.max(widest, printable(column.cell(row)).length), column.title.length),
    );
    this.#fit(widths);
    this.#widths = widths;
    this.#out(
      `${this.#line(
        this.#columns.map((column) => column.title),
        widths,
      )}\n`,
    );
    this.#write(this.#waiting, widths);
    this.#waiting = [];
  }

  /** On a terminal, flexible columns give way so that a row is one line. */
  #fit(widths: number[]): void {
    const { columns, isTTY } = this.#sink;
    if (!isTTY || columns === undefined) return;
    let over = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length) - columns;
    const widthOf = (at: number) => (this.#columns[at]?.flexible ? (widths[at] ?? 0) : 0);
    for (; over > 0; over--) {
      const widest = widths.reduce((best, _, at) => (widthOf(at) > widthOf(best) ? at : best), 0);
      if (widthOf(widest) <= MIN_FLEXIBLE) return;
      widths[widest] = widthOf(widest) - 1;
    }
  }

  #write(rows: readonly Row[], widths: readonly number[]): void {
    let text = '';
    for (const row of rows)
      text += `${this.#line(
        this.#columns.map((column) => column.cell(row)),
        widths,
        row,
      )}\n`;
    if (text !== '') this.#out(text);
  }

  #line(cells: readonly string[], widths: readonly number[], row?: Row): string {
    return cells
      .map((cell, i) => {
        const column = this.#columns[i];
        const width = widths[i] ?? 0;
        let text = printable(cell);
        if (column?.flexible && this.#sink.isTTY && text.length > width) text = `${text.slice(0, width - 1)}…`;
        const padded = column?.align === 'right' ? text.padStart(width) : text.padEnd(width);
        const colour = row === undefined || !this.#colours ? undefined : column?.colour?.(row);
        return colour ? colourText(padded, colour) : padded;
      })
      .join(GAP)
      .trimEnd();
  }
}

const CODES = { green: 32, yellow: 33, red: 31, dim: 2 };

function colourText(text: string, colour: keyof typeof CODES): string {
  return `\u001b[${CODES[colour]}m${text}\u001b[0m`;
}
