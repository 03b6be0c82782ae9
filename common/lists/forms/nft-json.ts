// Sets of nft as JSON (`nft -j list set`, `nft -j list ruleset`): one line however long, so that findings name elements instead.
import { bad, type Rows } from '../rows.ts';
import { oneSetOnly } from './sets.ts';

/** Whether a document is nft's. */
export function isNftJson(document: unknown): document is { readonly nftables: readonly unknown[] } {
  return isRecord(document) && Array.isArray(document.nftables);
}

/** Elements of sets; those of maps, and rules, are left out and counted. */
export function readNftJson({ nftables }: { readonly nftables: readonly unknown[] }, rows: Rows): void {
  const check = oneSetOnly();
  for (const each of nftables) {
    const { set, element, map, rule } = commandOf(each);
    for (const { name, elem } of [set, element].filter(isRecord)) {
      const of = typeof name === 'string' ? name : '';
      for (const [i, one] of (Array.isArray(elem) ? elem : []).entries())
        rows.at(1, () => {
          const { text, seconds } = elementOf(one);
          if (text === undefined)
            throw bad(`element ${i + 1} of the set ${of} is more than an address: only addresses can be blocked`);
          check(of, text);
          rows.prefixOrRange(text, Math.ceil(seconds * 1000));
        });
    }
    if (isRecord(map) || isRecord(rule)) rows.leaveOut(`a ${isRecord(rule) ? 'rule' : 'map'}, not a set`);
  }
}

/** Listings name an object; commands say what to do with it. */
function commandOf(each: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(each)) return {};
  const inner = each.add ?? each.create;
  return isRecord(inner) ? inner : each;
}

/** `text` undefined: no address, prefix or range. */
function elementOf(element: unknown): { readonly text: string | undefined; readonly seconds: number } {
  const inner = isRecord(element) && isRecord(element.elem) ? element.elem : { val: element };
  // What is left of it, or all of it when the set is only written down.
  const seconds = inner.expires ?? inner.timeout;
  return { text: textOf(inner.val), seconds: typeof seconds === 'number' ? seconds : 0 };
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!isRecord(value)) return undefined;
  const { prefix, range } = value;
  if (isRecord(prefix) && typeof prefix.addr === 'string' && typeof prefix.len === 'number')
    return `${prefix.addr}/${prefix.len}`;
  const [first, last] = Array.isArray(range) ? range : [];
  return typeof first === 'string' && typeof last === 'string' ? `${first}-${last}` : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
