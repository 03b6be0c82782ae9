// Values of the fleet for completion: quick, and none if they cannot be read.

import { method } from '../../common/rpc/client/method.ts';
import { listOrigin, MANUAL } from '../../common/text/origin.ts';
import type { Host__Output } from '../../proto/gen/fleetblock/v1/Host.ts';
import { ContextFile } from '../credentials/context-file.ts';
import { loadCredentials } from '../credentials/credentials.ts';
import type { Cli, GlobalOptions } from '../environment.ts';
import { feedState } from '../output/feeds.ts';
import { withConnection } from '../services/connection.ts';
import { withFeeds } from '../services/feed-client.ts';
import { withIdentity } from '../services/identity-client.ts';
import { type OperatorClient, withOperator } from '../services/operator-client.ts';
import type { Candidate, ValueKind } from './completion.ts';

/** For the whole answer: a person waits at the prompt. */
const LIMIT_MS = 3000;

/** `term`: what is typed of it. Never throws. */
export async function fleetValues(
  cli: Cli,
  kind: ValueKind,
  options: GlobalOptions,
  term: string,
): Promise<Candidate[]> {
  const signal = AbortSignal.any([cli.signal, AbortSignal.timeout(LIMIT_MS)]);
  try {
    return await valuesOf({ ...cli, signal }, kind, options, term);
  } catch {
    // In the middle of a command line there is no place for messages.
    return [];
  }
}

async function valuesOf(cli: Cli, kind: ValueKind, options: GlobalOptions, term: string): Promise<Candidate[]> {
  if (kind === 'files') return [];
  if (kind === 'contexts') return (await ContextFile.read(cli, options)).names.map((text) => ({ text }));
  const credentials = await loadCredentials(cli, options);
  if (kind === 'feeds') {
    const feeds = await withFeeds(cli, credentials, (client) => client.list());
    return feeds.map((feed) => ({ text: feed.spec?.name ?? '', description: feedState(feed) }));
  }
  if (kind === 'detectors' || kind === 'hooks')
    return await withConnection(cli, credentials, async (connection) => {
      if (kind === 'hooks') {
        const { hooks } = await connection.unary(method('HookService', 'ListHooks'), {});
        return hooks.map(({ spec }) => ({ text: spec?.name ?? '', description: spec?.scheme ?? '' }));
      }
      const { detectors } = await connection.unary(method('DetectorService', 'ListDetectors'), {});
      return detectors.map(({ policy }) => ({ text: policy?.pattern ?? '', description: policy?.scope ?? '' }));
    });
  if (kind === 'tokens' || kind === 'operators' || kind === 'loginTokens' || kind === 'apiKeys')
    return await withIdentity(cli, credentials, async (client) => {
      if (kind === 'tokens') return (await client.listTokens()).map(({ id }) => ({ text: id }));
      if (kind === 'operators')
        return (await client.listOperators()).map(({ name, role }) => ({ text: name, description: role }));
      if (kind === 'apiKeys')
        return (await client.listApiKeys())
          .filter(({ revokedAtMs }) => revokedAtMs === '0')
          .map(({ name, role }) => ({ text: name, description: role }));
      return (await client.listOperatorTokens()).map(({ id, name }) => ({ text: id, description: name }));
    });
  return await withOperator(cli, credentials, (client) => operatorValues(client, kind, term));
}

async function operatorValues(
  client: OperatorClient,
  kind: 'hosts' | 'labels' | 'lists' | 'origins' | 'confirmations',
  term: string,
): Promise<Candidate[]> {
  if (kind === 'hosts')
    return (await client.listHosts()).hosts.map(({ name, status }) => ({ text: name, description: status }));
  if (kind === 'labels') return labelTerms((await client.listHosts()).hosts, term);
  if (kind === 'confirmations')
    return (await client.listConfirmations()).confirmations.map(({ id, prefixes }) => ({
      text: id,
      description: prefixes.join(' '),
    }));
  const lists = (await client.listLists()).map(({ name }) => name);
  return (kind === 'lists' ? lists : [MANUAL, ...lists.map(listOrigin)]).map((text) => ({ text }));
}

/** `env=` first, `env=prod` when that is typed; `env!=prod` likewise. */
function labelTerms(hosts: readonly Pick<Host__Output, 'labels'>[], term: string): Candidate[] {
  const [, key = '', operator = ''] = /^([^=!]*)(!?=)/.exec(term) ?? [];
  const terms = hosts.flatMap(({ labels }) =>
    operator === ''
      ? Object.keys(labels).map((name) => `${name}=`)
      : Object.hasOwn(labels, key)
        ? [`${key}${operator}${labels[key]}`]
        : [],
  );
  return [...new Set(terms)].sort().map((text) => ({ text }));
}
