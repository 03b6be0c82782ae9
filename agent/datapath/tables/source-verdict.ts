// What the kernel would do with a source: the program's decision (bpf/decide.h, bpf/lookup.h) made again from the same maps.
import { addressBytes } from '../../../common/entries/packed.ts';
import { type Family, maskAddress } from '../../../common/text/prefix.ts';
import { MAPS } from '../decision/layout.ts';
import { addressAt } from '../decision/v4/compile.ts';
import type { V4Memory } from '../decision/v4/memory.ts';
import type { V6Front } from '../decision/v6-front.ts';
import type { KernelMap } from '../kernel-map.ts';
import type { OpenMap } from './kernel-tables.ts';
import { decodeRule, type Rule, trieKey } from './rule-codec.ts';

export interface Decision {
  readonly verdict: 'clear' | 'drop' | 'allow' | 'monitor';
  /** The rule that decided; undefined when clear, or decided by bits. */
  readonly rule: Rule | undefined;
}

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
    const clear: Decision = { verdict: 'clear', rule: undefined };
    let blocked: Decision = clear;
    if (family === 4) {
      const bits = this.#v4.decide(addressAt(address, 0));
      if (bits === 'clear') return clear;
      if (bits === 'drop') return { verdict: 'drop', rule: undefined };
      if (bits === 'lookupPlain') blocked = { verdict: 'drop', rule: undefined };
      else blocked = this.#blockOf(MAPS.v4Exact, MAPS.v4Prefixes, address, nowMs);
    } else {
      if (!this.#v6.nears(address)) return clear;
      blocked = this.#blockOf(MAPS.v6Exact, MAPS.v6Prefixes, address, nowMs);
    }
    if (blocked.verdict === 'clear') return clear;
    const allowed = this.#maps(family === 4 ? MAPS.v4Allowed : MAPS.v6Allowed);
    const allow = walk(allowed, address, addressBytes(family) * 8, nowMs);
    return allow.verdict === 'drop' ? { verdict: 'allow', rule: allow.rule } : blocked;
  }

  #blockOf(exactMap: string, trieMap: string, address: Uint8Array, nowMs: number): Decision {
    const value = this.#maps(exactMap).lookup(address);
    const exact = value && decodeRule(new DataView(value.buffer, value.byteOffset, value.byteLength), 0);
    const live = exact !== undefined && isLive(exact, nowMs);
    if (live && !exact.monitor) return { verdict: 'drop', rule: exact };
    const wider = walk(this.#maps(trieMap), address, address.length * 8 - 1, nowMs);
    if (wider.verdict === 'drop' || !live) return wider;
    return { verdict: 'monitor', rule: exact };
  }
}

/** fb_walk of bpf/lookup.h. */
function walk(trie: KernelMap, address: Uint8Array, bits: number, nowMs: number): Decision {
  let monitor: Decision = { verdict: 'clear', rule: undefined };
  for (let length = bits; length >= 0; ) {
    const value = trie.lookup(trieKey(maskAddress(address, length), length));
    if (!value) break;
    const rule = decodeRule(new DataView(value.buffer, value.byteOffset, value.byteLength), 0);
    if (isLive(rule, nowMs)) {
      if (!rule.monitor) return { verdict: 'drop', rule };
      if (monitor.verdict === 'clear') monitor = { verdict: 'monitor', rule };
    }
    length = rule.length - 1;
  }
  return monitor;
}

function isLive(rule: Rule, nowMs: number): boolean {
  return rule.expiresMs === 0 || rule.expiresMs > nowMs;
}
