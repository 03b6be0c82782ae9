// Events as they happen: one line each, at once, through restarts of the controller.
import type { Event__Output } from '../../../proto/gen/fleetblock/v1/Event.ts';
import type { WatchEventsRequest } from '../../../proto/gen/fleetblock/v1/WatchEventsRequest.ts';
import type { Cli } from '../../environment.ts';
import type { OperatorClient } from '../../services/operator-client.ts';
import { retrying } from '../retrying.ts';
import { drained } from '../rows.ts';

/** Until the run is interrupted. `last`: as many of the past ones come first. */
export async function followEvents(
  cli: Cli,
  client: OperatorClient,
  request: { readonly host: string; readonly last: number },
  line: (event: Event__Output) => string,
): Promise<void> {
  let seen: Event__Output | undefined;
  const start = (): AsyncIterable<Event__Output[]> => {
    // After a break, all that are remembered: a controller that restarted counts from one again.
    const again: WatchEventsRequest = { ...request, follow: true, ...(seen && { last: 0 }) };
    return client.watchEvents(again);
  };
  for await (const events of retrying(cli, start, () => client.connected)) {
    const before = seen;
    const news = before ? events.filter((event) => isAfter(event, before)) : events;
    for (const event of news) cli.stdout.write(`${line(event)}\n`);
    seen = news.at(-1) ?? seen;
    await drained(cli);
  }
}

function isAfter(event: Event__Output, before: Event__Output): boolean {
  return Number(event.sequence) > Number(before.sequence) || Number(event.atMs) > Number(before.atMs);
}
