// A list as a script that MikroTik's RouterOS imports: what is new is added first, and what is gone removed last, so that nothing passes
// meanwhile.
import type { Prefix } from '../../../common/text/prefix.ts';
import { addressText } from './address-text.ts';

/** `tag` marks what this script brought: whatever of the list has another one goes. */
export async function* routerOs(
  name: string,
  tag: string,
  prefixes: AsyncIterable<readonly Prefix[]>,
): AsyncGenerator<string> {
  const list = `fleetblock-${name}`;
  const v6: Prefix[] = [];
  const line = (prefix: Prefix) => {
    const address = addressText(prefix);
    return `:do { add list=${list} address=${address} comment=${tag} } on-error={ set [find list=${list} address=${address}] comment=${tag} }\n`;
  };
  const end = `remove [find list=${list} comment!=${tag}]\n`;
  yield '/ip firewall address-list\n';
  for await (const batch of prefixes) {
    yield batch
      .filter(({ family }) => family === 4)
      .map(line)
      .join('');
    v6.push(...batch.filter(({ family }) => family === 6));
  }
  yield `${end}/ipv6 firewall address-list\n`;
  for (let from = 0; from < v6.length; from += 1024)
    yield v6
      .slice(from, from + 1024)
      .map(line)
      .join('');
  yield end;
}
