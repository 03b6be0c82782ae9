// Files of `apply`: what is read, what is refused by line, and which steps lead there.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Action, slotOf } from '../../common/action.ts';
import { formatSelector, parseSelector } from '../../common/text/selector.ts';
import { claimKey, type Declared, declaredSchema, parseDeclared } from './file.ts';
import { differences, type LiveClaim, stepsOf } from './plan.ts';

const file = (...lines: string[]) => `${lines.join('\n')}\n`;

describe('parseDeclared', () => {
  it('reads claims, ranges as the fewest prefixes', () => {
    const { origin, claims } = parseDeclared(
      file(
        'name: edge',
        'claims:',
        '  - prefixes: [192.0.2.1-192.0.2.2, "2001:db8::/32"] # why',
        '    allHosts: true',
        '    reason: scanners',
        '  - { prefixes: [192.0.2.9], hosts: [web2, web1], action: allow }',
        '  - { prefixes: [192.0.2.9], selector: "role!=db,env=prod", action: monitor }',
      ),
      'x',
    );
    expect(origin).toBe('apply:edge');
    expect(claims.map((each) => [each.prefix, each.action, formatSelector(each.selector), each.reason])).toEqual([
      ['192.0.2.1/32', 'block', 'all', 'scanners'],
      ['192.0.2.2/32', 'block', 'all', 'scanners'],
      ['2001:db8::/32', 'block', 'all', 'scanners'],
      ['192.0.2.9/32', 'allow', 'host:web1,web2', ''],
      ['192.0.2.9/32', 'monitor', 'labels:env=prod,role!=db', ''],
    ]);
  });

  it.each([
    ['no YAML', file('name: [x', 'claims: []'), /^x line [12]: /],
    ['nothing', '', /^x line 1: Invalid input: expected object/],
    ['no claims', file('name: x'), /^x line 1: claims: /],
    ['a name that is none', file('name: Edge Net', 'claims: []'), /^x line 1: name: use lower-case letters/],
    [
      'a key that is mistyped',
      file('name: x', 'claims:', '  - prefixes: [192.0.2.1]', '    allhosts: true'),
      /^x line 3: claims\.0: Unrecognized key: "allhosts"/,
    ],
    ['no target', file('name: x', 'claims:', '  - prefixes: [192.0.2.1]'), /^x line 3: which hosts\?/],
    [
      'two targets',
      file('name: x', 'claims:', '  - { prefixes: [192.0.2.1], allHosts: true, hosts: [a] }'),
      /^x line 3: which hosts\?/,
    ],
    [
      'bad prefixes',
      file('name: x', 'claims:', '  - prefixes:', '      - 192.0.2.1', '      - 10.0.0.5/8', '    allHosts: true'),
      /^x line 5: "10\.0\.0\.5\/8" has host bits set/,
    ],
    [
      'a number for a prefix',
      file('name: x', 'claims:', '  - prefixes:', '      - 10', '    allHosts: true'),
      /^x line 4: claims\.0\.prefixes\.0: Invalid input: expected string/,
    ],
    [
      'a prefix twice, once as another action of its slot',
      file(
        'name: x',
        'claims:',
        '  - { prefixes: [192.0.2.1], allHosts: true }',
        '  - { prefixes: [192.0.2.1-192.0.2.2], allHosts: true, action: monitor }',
      ),
      /^x line 4: 192\.0\.2\.1\/32 is on line 3, too, for the same hosts: leave one/,
    ],
    ['what is nested without end', '['.repeat(20_000), /^x/],
    [
      'aliases that multiply',
      file(
        'a: &a [x, x, x, x, x, x, x, x, x, x]',
        'b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]',
        'c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]',
        'd: [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]',
      ),
      /^x: Excessive alias count/,
    ],
  ])('refuses %s, by line', (_, text, message) => {
    expect(() => parseDeclared(text, 'x')).toThrow(message);
    expect(() => parseDeclared(text, 'x')).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  it('has a JSON Schema', () => {
    expect(declaredSchema()).toMatchObject({
      type: 'object',
      required: ['name', 'claims'],
      additionalProperties: false,
      properties: {
        claims: {
          items: {
            required: ['prefixes'],
            additionalProperties: false,
            properties: { action: { enum: ['block', 'monitor', 'allow'], default: 'block' } },
          },
        },
      },
    });
  });
});

describe('stepsOf', () => {
  const claim = fc.record({
    prefix: fc.nat(5).map((n) => `192.0.2.${n}/32`),
    action: fc.constantFrom<Action>('block', 'monitor', 'allow'),
    selector: fc.constantFrom('all', 'host:a', 'labels:env=prod'),
    reason: fc.constantFrom('', 'x', 'y'),
  });
  const claims = fc.uniqueArray(claim, {
    selector: ({ prefix, action, selector }) => claimKey(prefix, action, selector),
    maxLength: 12,
  });

  /** As the controller has it: a block is not weakened, an empty reason keeps the earlier one, no end is later than any. */
  function applied(live: readonly LiveClaim[], declared: Declared, prune: boolean): LiveClaim[] {
    const state = new Map(live.map((each) => [claimKey(each.prefix, each.action, each.selector), each]));
    for (const step of stepsOf(declared, differences(declared, live), prune)) {
      const selector = formatSelector(step.selector);
      for (const prefix of step.prefixes) {
        if (step.kind === 'remove') {
          expect(state.delete(`${prefix} ${step.slot} ${selector}`)).toBe(true);
          continue;
        }
        const key = claimKey(prefix, step.action, selector);
        const there = state.get(key);
        const weaker = there?.action === 'block' && step.action === 'monitor';
        const reason = step.reason || there?.reason || '';
        if (!weaker) state.set(key, { prefix, action: step.action, selector, reason, endsMs: 0 });
        // What is allowed before and after is never blocked in between.
        const allowed = (all: readonly LiveClaim[]) =>
          all.some((e) => e.prefix === prefix && e.action === 'allow' && e.selector === selector);
        if (
          slotOf(step.action) === 'block' &&
          allowed(live) &&
          declared.claims.some(
            (e) => e.prefix === prefix && e.action === 'allow' && formatSelector(e.selector) === selector,
          )
        )
          expect(allowed([...state.values()])).toBe(true);
      }
    }
    return [...state.values()];
  }

  it('leads to what the file says, and no further', () => {
    fc.assert(
      fc.property(claims, claims, fc.constantFrom(0, 1000), fc.boolean(), (before, after, endsMs, prune) => {
        const live = before.map((each) => ({ ...each, endsMs }));
        const declared = {
          origin: 'apply:x',
          claims: after.map((each) => ({ ...each, selector: parseSelector(each.selector) })),
        };
        const state = applied(live, declared, prune);
        const left = differences(declared, state);
        expect(left).toMatchObject({ missing: [], different: [] });
        expect(left.extra).toHaveLength(prune ? 0 : differences(declared, live).extra.length);
        // And once more changes nothing.
        expect(applied(state, declared, prune)).toEqual(state);
      }),
    );
  });

  it('sends as many prefixes at a time as the controller takes', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => ({
      prefix: `10.0.${i >> 8}.${i & 255}/32`,
      action: 'block' as const,
      selector: { kind: 'all' as const },
      reason: '',
    }));
    const declared = { origin: 'apply:x', claims: many };
    const steps = stepsOf(declared, differences(declared, []), false);
    expect(steps.map(({ prefixes }) => prefixes.length)).toEqual([4096, 4096, 1808]);
  });
});
