// What `fleetblock-controller restore` says of credentials: what stays ended, and who must come again.
import type { RestoreInfo } from '../store/sqlite/file/backup.ts';

/** Whole lines; empty when there is nothing to say. */
export function restoredWords({ carried, lost }: RestoreInfo): string {
  const { hosts, operators, apiKeys, tokens, unknownHosts, unknownOperators, unknownApiKeys } = carried;
  const lines = [
    lost !== undefined &&
      `WARNING: the store that was there cannot be read (${lost}): hosts, operators, tokens and API keys that were revoked or used since the backup count again. Revoke them: fleetblock host revoke, operator revoke, token revoke, apikey revoke`,
    hosts.length > 0 && `hosts that were revoked since the backup stay revoked: ${hosts.join(', ')}`,
    operators.length > 0 && `operators that were revoked since the backup stay revoked: ${operators.join(', ')}`,
    apiKeys.length > 0 && `API keys that were revoked since the backup stay revoked: ${apiKeys.join(', ')}`,
    tokens > 0 && `tokens that were used or revoked since the backup stay so: ${tokens}`,
    unknownHosts.length > 0 &&
      `hosts that joined since the backup are not known any more, and must join again: ${unknownHosts.join(', ')}`,
    unknownOperators.length > 0 &&
      `operators whose credentials were made since the backup need new ones: ${unknownOperators.join(', ')}`,
    unknownApiKeys.length > 0 &&
      `API keys that were made since the backup are refused, and must be made again: ${unknownApiKeys.join(', ')}`,
  ];
  return lines.map((line) => (line === false ? '' : `${line}\n`)).join('');
}
