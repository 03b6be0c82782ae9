// `list` with conditions: what is asked of the controller, what order it prints in, and what it says of nothing.
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { ListEntriesRequest__Output } from '../../proto/gen/fleetblock/v1/ListEntriesRequest.ts';
import { NOW, ScriptedCli } from './support/scripted-cli.ts';

const cli = ScriptedCli.forFile();

test('faults row 94: conditions go to the controller', async () => {
  let asked: ListEntriesRequest__Output | undefined;
  cli.controller.script.listEntries = (request) => {
    asked = request;
    return [];
  };
  const words = '5.0.0.0/8 --inside --action block --reason scan --actor admin/alice --limit 5';
  await cli.fleetblock(['list', ...words.split(' ')]);
  expect(asked).toMatchObject({
    prefix: '5.0.0.0/8',
    overlap: 'INSIDE',
    action: 'ACTION_BLOCK',
    effect: 'ENFORCED',
    reason: 'scan',
    actor: 'admin/alice',
    limit: 5,
  });
});

test.each([
  ['prefix', ['5.0.0.0/8', '5.0.0.0/9', '10.0.0.1/32', '2001:db8::/32']],
  ['ends', ['10.0.0.1/32', '5.0.0.0/9', '2001:db8::/32', '5.0.0.0/8']],
  ['created', ['2001:db8::/32', '10.0.0.1/32', '5.0.0.0/8', '5.0.0.0/9']],
])('--sort %s, of which the first', async (order, expected) => {
  cli.controller.script.listEntries = ({ limit }) => {
    expect(limit).toBe(0);
    return [
      { prefix: '2001:db8::/32', createdAtMs: NOW },
      { prefix: '10.0.0.1/32', createdAtMs: NOW - 1, expiresAtMs: NOW + 1 },
      { prefix: '5.0.0.0/8', createdAtMs: NOW - 2 },
      { prefix: '5.0.0.0/9', createdAtMs: NOW - 3, expiresAtMs: NOW + 2 },
    ].map((claim) => ({ ...claim, selector: { allHosts: true } }));
  };
  const prefixes = async (more: string[]) =>
    (await cli.json(['list', '--sort', order, ...more])).map(({ prefix }: { prefix: string }) => prefix);
  expect(await prefixes([])).toEqual(expected);
  expect(await prefixes(['--limit', '3'])).toEqual(expected.slice(0, 3));
});

test('an origin that is not there is said', async () => {
  cli.controller.script.listEntries = () => [];
  const { stderr, exitCode } = await cli.fleetblock(['list', '--origin', 'list:foo']);
  expect(stderr).toBe('no claim matches; is there an origin list:foo? fleetblock lists shows the lists\n');
  expect(exitCode).toBe(0);
});

test('--inside needs a prefix', async () => {
  const { stderr, exitCode } = await cli.fleetblock(['list', '--inside']);
  expect(stderr).toBe('fleetblock: --inside goes with a prefix: fleetblock list PREFIX\n');
  expect(exitCode).toBe(2);
});

test('-o yaml reads back as what it was, whatever the texts are', async () => {
  const texts = [
    'yes',
    'a: b',
    'a #b',
    '- a',
    '1e3',
    '12:30',
    "it's",
    '"q"',
    'a:',
    '{a}',
    ' a ',
    '~',
    'a\nb',
    '2026-11-24',
    'x!y',
    '@a',
    'é',
  ];
  cli.controller.script.listEntries = () =>
    texts.map((reason) => ({ prefix: '::/0', reason, selector: { labels: 'env=prod,role!=db' }, createdAtMs: NOW }));
  const { stdout } = await cli.fleetblock(['list', '-o', 'yaml']);
  expect(parse(stdout)).toEqual(await cli.json(['list']));
});
