// Lists, sources, and what must become of their packets: overlaps, allow entries, ends and monitors.
import type { Entry } from '../../../common/entries/packed.ts';
import { entry } from './harness.ts';

const HOUR = 3_600_000;
const PAST = -1;

export type Outcome = 'passed' | 'dropped' | 'allowed' | 'monitored';

export interface Fixture {
  readonly what: string;
  readonly list: readonly Entry[];
  /** Source -> verdict on its packet. */
  readonly sources: Readonly<Record<string, Outcome>>;
}

export const OVERLAPS: readonly Fixture[] = [
  {
    what: 'an address alone',
    list: [entry('10.1.2.3')],
    sources: { '10.1.2.2': 'passed', '10.1.2.3': 'dropped', '10.1.2.4': 'passed', '10.1.3.3': 'passed' },
  },
  {
    what: 'three addresses of one /24, then a fourth kind of leaf',
    list: ['10.1.2.0', '10.1.2.128', '10.1.2.255', '10.1.3.1', '10.1.3.2', '10.1.3.3', '10.1.3.4'].map((a) => entry(a)),
    sources: {
      '10.1.2.0': 'dropped',
      '10.1.2.128': 'dropped',
      '10.1.2.255': 'dropped',
      '10.1.2.1': 'passed',
      '10.1.3.4': 'dropped',
      '10.1.3.0': 'passed',
      '10.1.3.5': 'passed',
    },
  },
  {
    what: 'the edges of a prefix of every kind of length',
    list: [entry('10.0.0.0/9'), entry('172.16.64.0/18'), entry('172.20.0.0/19'), entry('192.0.2.16/28')],
    sources: {
      '9.255.255.255': 'passed',
      '10.0.0.0': 'dropped',
      '10.127.255.255': 'dropped',
      '10.128.0.0': 'passed',
      '172.16.63.255': 'passed',
      '172.16.64.0': 'dropped',
      '172.16.127.255': 'dropped',
      '172.16.128.0': 'passed',
      '172.20.31.255': 'dropped',
      '172.20.32.0': 'passed',
      '192.0.2.15': 'passed',
      '192.0.2.16': 'dropped',
      '192.0.2.31': 'dropped',
      '192.0.2.32': 'passed',
    },
  },
  {
    what: 'everything',
    list: [entry('0.0.0.0/0'), entry('::/0')],
    sources: { '0.0.0.0': 'dropped', '255.255.255.255': 'dropped', '2001:db8::1': 'dropped', '::': 'dropped' },
  },
  {
    what: 'IPv6 prefixes of all depths',
    list: ['2001::/19', '2a00::/32', '2a01:100::/48', '2a02:1:2:3::/64', '2a03:1:2:3::8/125', '2a04::1'].map((p) =>
      entry(p),
    ),
    sources: {
      '2001:dff::1': 'dropped',
      '2001:1fff:ffff::1': 'dropped',
      '2001:2000::1': 'passed',
      '2000:ffff::1': 'passed',
      '2001:0:ffff::1': 'dropped',
      '2a00:0:ffff::1': 'dropped',
      '2a00:1::1': 'passed',
      '2a01:100:0:ffff::': 'dropped',
      '2a01:100:1::': 'passed',
      '2a02:1:2:3:ffff::': 'dropped',
      '2a02:1:2:4::': 'passed',
      '2a03:1:2:3::f': 'dropped',
      '2a03:1:2:3::10': 'passed',
      '2a04::1': 'dropped',
      '2a04::2': 'passed',
    },
  },
];

export const ALLOWS: readonly Fixture[] = [
  {
    what: 'allow beats a block of the same, a longer and a shorter length',
    list: ['10.0.0.0/8', '10.9.9.9', '2001:db8::/32', '2001:db8::9']
      .map((p) => entry(p))
      .concat(['allow 10.9.0.0/16', 'allow 10.1.1.1', 'allow 2001:db8::/64'].map((p) => entry(p))),
    sources: {
      '10.9.9.9': 'allowed',
      '10.9.0.1': 'allowed',
      '10.1.1.1': 'allowed',
      '10.1.1.2': 'dropped',
      '10.8.0.1': 'dropped',
      '2001:db8::9': 'allowed',
      '2001:db8:0:1::9': 'dropped',
    },
  },
  {
    what: 'allow where nothing is listed is not counted',
    list: [entry('allow 192.0.2.0/24'), entry('allow 2001:db8::/32')],
    sources: { '192.0.2.1': 'passed', '2001:db8::1': 'passed' },
  },
  {
    what: 'an allow entry that has ended allows nothing, a shorter one still does',
    list: [
      entry('10.0.0.0/8'),
      entry('allow 10.1.1.1', PAST),
      entry('allow 10.2.2.2', PAST),
      entry('allow 10.2.0.0/16'),
      entry('allow 10.3.3.3', HOUR),
    ],
    sources: { '10.1.1.1': 'dropped', '10.2.2.2': 'allowed', '10.3.3.3': 'allowed' },
  },
  {
    what: 'allow over a whole prefix and over a part of a /24 of plain addresses',
    list: [entry('10.0.0.0/10'), entry('allow 10.0.0.0/10'), entry('192.0.2.1'), entry('192.0.2.65')].concat(
      entry('allow 192.0.2.64/26'),
    ),
    sources: { '10.63.255.255': 'allowed', '192.0.2.1': 'dropped', '192.0.2.65': 'allowed', '192.0.2.66': 'passed' },
  },
];

export const ENDS_AND_MONITORS: readonly Fixture[] = [
  {
    what: 'blocks with an end, before and after it',
    list: ['192.0.2.1', '198.51.100.0/25', '10.0.0.0/9', '2001:db8::1', '2a00::/40']
      .map((p) => entry(p, HOUR))
      .concat(
        ['192.0.2.2', '198.51.100.128/25', '10.128.0.0/9', '2001:db8::2', '2a01::/40'].map((p) => entry(p, PAST)),
      ),
    sources: {
      '192.0.2.1': 'dropped',
      '192.0.2.2': 'passed',
      '192.0.2.3': 'passed',
      '198.51.100.1': 'dropped',
      '198.51.100.129': 'passed',
      '10.0.0.1': 'dropped',
      '10.200.0.1': 'passed',
      '2001:db8::1': 'dropped',
      '2001:db8::2': 'passed',
      '2a00::1': 'dropped',
      '2a01::1': 'passed',
    },
  },
  {
    what: 'an ended entry hides nothing that is around it',
    list: [
      entry('10.1.1.1', PAST),
      entry('10.1.1.0/24', PAST),
      entry('10.1.0.0/16', HOUR),
      entry('10.2.1.1', PAST),
      entry('10.2.0.0/16'),
      entry('2001:db8:1::1', PAST),
      entry('2001:db8:1::/64', PAST),
      entry('2001:db8::/32'),
    ],
    sources: { '10.1.1.1': 'dropped', '10.2.1.1': 'dropped', '2001:db8:1::1': 'dropped' },
  },
  {
    what: 'a wide block that ends, around plain addresses, a plain prefix, and an allow entry',
    list: [
      entry('10.0.0.0/8', HOUR),
      entry('10.1.1.1'),
      entry('10.1.2.0/24'),
      entry('10.64.0.0/18'),
      entry('allow 10.1.3.3'),
      entry('allow 10.1.1.0/24'),
      entry('11.0.0.0/8', PAST),
      entry('11.1.1.1'),
      entry('11.1.2.0/24'),
      entry('monitor 12.0.0.0/8'),
      entry('12.1.1.1'),
      entry('allow 12.2.0.0/16'),
    ],
    sources: {
      '10.0.0.0': 'dropped',
      '10.255.255.255': 'dropped',
      '10.1.1.1': 'allowed',
      '10.1.1.2': 'allowed',
      '10.1.2.9': 'dropped',
      '10.64.1.1': 'dropped',
      '10.1.3.3': 'allowed',
      '10.1.3.4': 'dropped',
      '9.255.255.255': 'passed',
      '11.0.0.1': 'passed',
      '11.1.1.1': 'dropped',
      '11.1.1.2': 'passed',
      '11.1.2.1': 'dropped',
      '12.0.0.1': 'monitored',
      '12.1.1.1': 'dropped',
      '12.1.1.2': 'monitored',
      '12.2.0.1': 'allowed',
    },
  },
  {
    what: 'everything, for an hour, with one address allowed',
    list: [
      entry('0.0.0.0/0', HOUR),
      entry('10.1.1.1'),
      entry('allow 192.0.2.7'),
      entry('::/0', HOUR),
      entry('allow 2001:db8::7'),
    ],
    sources: {
      '0.0.0.0': 'dropped',
      '255.255.255.255': 'dropped',
      '10.1.1.1': 'dropped',
      '192.0.2.6': 'dropped',
      '192.0.2.7': 'allowed',
      '::': 'dropped',
      '2001:db8::6': 'dropped',
      '2001:db8::7': 'allowed',
    },
  },
  {
    what: 'everything monitored, some of it blocked',
    list: [entry('monitor 0.0.0.0/0'), entry('10.1.1.0/24'), entry('10.2.0.0/16'), entry('monitor ::/0')],
    sources: {
      '1.2.3.4': 'monitored',
      '10.1.1.1': 'dropped',
      '10.1.2.1': 'monitored',
      '10.2.3.4': 'dropped',
      '2001:db8::1': 'monitored',
    },
  },
  {
    what: 'everything allowed',
    list: [
      entry('allow 0.0.0.0/0'),
      entry('10.1.1.1'),
      entry('10.2.0.0/16'),
      entry('10.3.3.3', HOUR),
      entry('11.0.0.0/8'),
    ],
    sources: {
      '1.2.3.4': 'passed',
      '10.1.1.1': 'allowed',
      '10.1.1.2': 'passed',
      '10.2.3.4': 'allowed',
      '10.3.3.3': 'allowed',
      '11.0.0.1': 'allowed',
    },
  },
  {
    what: 'monitor-only entries count and pass; any block beats them',
    list: [
      entry('monitor 10.1.0.0/16'),
      entry('monitor 10.1.1.1'),
      entry('10.1.2.0/24'),
      entry('monitor 10.2.2.2'),
      entry('10.2.0.0/16', HOUR),
      entry('monitor 10.3.0.0/16'),
      entry('10.3.3.3', PAST),
      entry('monitor 2001:db8::/32'),
      entry('2001:db8:1::/48'),
      entry('monitor 2001:db8:1:1::/64'),
      entry('monitor 10.4.4.4', PAST),
      entry('monitor 10.5.0.0/16'),
      entry('allow 10.5.5.5'),
    ],
    sources: {
      '10.1.0.1': 'monitored',
      '10.1.1.1': 'monitored',
      '10.1.2.1': 'dropped',
      '10.2.2.2': 'dropped',
      '10.3.3.3': 'monitored',
      '10.4.4.4': 'passed',
      '10.5.5.4': 'monitored',
      '10.5.5.5': 'allowed',
      '2001:db8::1': 'monitored',
      '2001:db8:1:1::1': 'dropped',
    },
  },
  {
    what: 'plain, ending and monitored addresses in one /24',
    list: [
      entry('10.1.1.1'),
      entry('10.1.1.2', HOUR),
      entry('monitor 10.1.1.3'),
      entry('10.1.1.4', PAST),
      entry('10.1.1.5'),
      entry('allow 10.1.1.5'),
    ],
    sources: {
      '10.1.1.0': 'passed',
      '10.1.1.1': 'dropped',
      '10.1.1.2': 'dropped',
      '10.1.1.3': 'monitored',
      '10.1.1.4': 'passed',
      '10.1.1.5': 'allowed',
      '10.1.1.6': 'passed',
    },
  },
];
