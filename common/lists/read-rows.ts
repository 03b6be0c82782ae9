// Reads the text of a list into rows, in the form that is named or else recognised by its first lines.
import type { Form, Reader } from './form.ts';
import { formAt, formNamed, recognize } from './forms.ts';
import type { Rows } from './rows.ts';

/** Length of the part of a list that its form is recognised by. */
const HEAD_BYTES = 64 * 1024;

/** How a list is written. */
export interface Written {
  /** Name of a form, or `auto`. */
  readonly format: string;
  /** Where in it the addresses are: a column of CSV, or a pointer into JSON, which then is the format. */
  readonly at?: string;
}

/**
 * What is wrong with a line becomes a finding of `rows`.
 * @returns the form that it was read as
 * @throws FleetblockError INVALID_ARGUMENT: no list of that form
 */
export async function readRows(chunks: AsyncIterable<Buffer>, rows: Rows, { format, at }: Written): Promise<Form> {
  let form = at === undefined ? formNamed(format) : formAt(at, format);
  let reader: Reader | undefined = form?.read(rows, at);
  let head: Buffer = Buffer.alloc(0);
  const begin = () => {
    form = recognize(head.subarray(0, HEAD_BYTES));
    reader = form.read(rows);
    reader.push(head);
    return { form, reader };
  };
  for await (const chunk of chunks) {
    if (reader) reader.push(chunk);
    else {
      head = Buffer.concat([head, chunk]);
      if (head.length >= HEAD_BYTES) begin();
    }
  }
  const read = form && reader ? { form, reader } : begin();
  read.reader.end();
  return read.form;
}
