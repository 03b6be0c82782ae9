// What the kernel would do with a source: the program's decision (bpf/decide.h, bpf/lookup.h) repeated on the same maps.
import { decide, type Effect, type Verdict } from '../../../common/precedence.ts';
import { type Family, maskAddress } from '../../../common/text/prefix.ts';
import { MAPS } from '../decision/layout.ts';
import { addressAt } from '../decision/v4/compile.ts';
import type { V4Memory } from '../decision/v4/memory.ts';
import type { V6Front } from '../decision/v6-front.ts';
import type { KernelMap } from '../kernel-map.ts';
import type { OpenMap } from './kernel-tables.ts';
import { decodeRule, type Rule, trieKey } from './rule-codec.ts';

/** A verdict and what it rests on, for `fleetblock check`. */
export interface Decision {
  readonly verdict: Verdict;
  /** The rule that decided; undefined when clear, or decided by bits. */
  readonly rule: Rule | undefined;
}

/** What bits say: a block that neither ends nor only monitors covers the source. */
const PLAIN: Effect = { action: 'block', expiresMs: 0 };

/** Reads the maps and the bits as a packet would, so an answer is what the kernel does and not what the list says. */
export class SourceVerdicts {
  readonly #maps: OpenMap;
  readonly #v4: V4Memory;
  readonly #v6: V6Front;

  constructor(maps: OpenMap, v4: V4Memory, v6: V6Front) {
    this.#maps = maps;
    this.#v4 = v4;
    this.#v6 = v6;
  }

  /** `nowMs`: boot time. @throws KernelError */
  decide(family: Family, address: Uint8Array, nowMs: number): Decision {
    const bits = family === 4 ? this.#v4.decide(addressAt(address, 0)) : this.#v6.nears(address) ? 'lookup' : 'clear';
    if (bits === 'clear') return { verdict: 'clear', rule: undefined };
    if (bits === 'drop') return { verdict: 'drop', rule: undefined };
    const listed = bits === 'lookupPlain' ? [PLAIN] : this.#listed(family, address);
    const allowed = () =>
      walk(this.#maps(family === 4 ? MAPS.v4Allowed : MAPS.v6Allowed), address, address.length * 8, true);
    const { verdict, by } = decide<Effect | Rule>(listed, allowed, nowMs);
    return { verdict, rule: by && 'length' in by ? by : undefined };
  }

  #listed(family: Family, address: Uint8Array): Rule[] {
    const exact = this.#maps(family === 4 ? MAPS.v4Exact : MAPS.v6Exact).lookup(address);
    const wider = this.#maps(family === 4 ? MAPS.v4Prefixes : MAPS.v6Prefixes);
    return [...(exact ? [ruleOf(exact, false)] : []), ...walk(wider, address, address.length * 8 - 1, false)];
  }
}

/** The matches in a trie, the longest first: one look-up each, as fb_walk of bpf/lookup.h has them. */
function walk(trie: KernelMap, address: Uint8Array, bits: number, allow: boolean): Rule[] {
  const rules: Rule[] = [];
  for (let length = bits; length >= 0; ) {
    const value = trie.lookup(trieKey(maskAddress(address, length), length));
    if (!value) break;
    const rule = ruleOf(value, allow);
    rules.push(rule);
    length = rule.length - 1;
  }
  return rules;
}

function ruleOf(value: Uint8Array, allow: boolean): Rule {
  return decodeRule(new DataView(value.buffer, value.byteOffset, value.byteLength), 0, allow);
}
