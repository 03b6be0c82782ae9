// The alerts in deploy/prometheus, as promtool judges them, and what is written about them.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { peer } from '../doors/peers.ts';

const checkout = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const read = (path: string) => readFileSync(checkout(path), 'utf8');

const RULES = 'deploy/prometheus/alerts.yml';
const CASES = 'deploy/prometheus/alerts-test.yml';
const { groups } = z
  .object({ groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string(), expr: z.string() })) })) })
  .parse(parse(read(RULES)));
const rules = groups.flatMap((group) => group.rules);
const { tests } = z
  .object({
    tests: z.array(
      z.object({
        alert_rule_test: z.array(z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()).default([]) })),
      }),
    ),
  })
  .parse(parse(read(CASES)));

test.each([
  ['check', RULES],
  ['test', CASES],
])('promtool %s rules', async (verb, file) => {
  const { exitCode, all } = await execa(peer('usr/bin/promtool'), [verb, 'rules', checkout(file)], {
    all: true,
    reject: false,
  });
  expect(exitCode, all).toBe(0);
});

test('each alert has a case in which it fires, and one in which it does not', () => {
  const cases = tests.flatMap((each) => each.alert_rule_test);
  const named = (fires: boolean) =>
    [...new Set(cases.filter((each) => each.exp_alerts.length > 0 === fires).map((each) => each.alertname))].toSorted();
  const alerts = rules.map(({ alert }) => alert).toSorted();
  expect(named(true)).toEqual(alerts);
  expect(named(false)).toEqual(alerts);
});

test('each asks for metrics that are served, and the runbook says what to do', () => {
  const documented = new Set([...read('docs/metrics.md').matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name));
  const asked = rules.flatMap(({ expr }) => expr.match(/\bfleetblock_\w+/g) ?? []);
  expect(asked.map((name) => name.replace(/_(bucket|count|sum)$/, '')).filter((name) => !documented.has(name))).toEqual(
    [],
  );
  const sections = [...read('docs/runbook.md').matchAll(/^## (\w+)$/gm)].map(([, name]) => name);
  expect(sections).toEqual(rules.map(({ alert }) => alert));
});
