// Whether a stream takes colours: a terminal that nobody asked to stay plain (https://no-color.org).
import type { Cli, TextSink } from '../environment.ts';

export function paint(cli: Cli, sink: TextSink): boolean {
  return sink.isTTY === true && !cli.env.NO_COLOR && cli.env.TERM !== 'dumb';
}
