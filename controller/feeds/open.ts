// The feeds of a controller with all kinds of sources that there are.

import { lapiSources } from './crowdsec/lapi-source.ts';
import { CROWDSEC } from './feed.ts';
import { Feeds, type FeedsDeps } from './feeds.ts';
import { httpSources } from './http/http-source.ts';
import { ListReader } from './reading/list-reader.ts';

/** They are at work when it resolves. */
export async function openFeeds(deps: Omit<FeedsDeps, 'sources' | 'anyOther' | 'onClose' | 'random'>): Promise<Feeds> {
  const reader = new ListReader();
  const feeds = await Feeds.load({
    ...deps,
    // What is not named here is a document on a web server: see http/.
    sources: { [CROWDSEC]: lapiSources(deps.clock) },
    anyOther: httpSources(reader, deps.clock),
    onClose: () => reader.close(),
    random: Math.random,
  });
  feeds.start();
  return feeds;
}
