// Whether a stream takes colours: a terminal, unless it was asked to stay plain (https://no-color.org).
import type { Cli, TextSink } from '../environment.ts';

/** Asked per stream: stdout in a pipe stays plain while stderr may have colours. */
export function paint(cli: Cli, sink: TextSink): boolean {
  return sink.isTTY === true && !cli.env.NO_COLOR && cli.env.TERM !== 'dumb';
}
