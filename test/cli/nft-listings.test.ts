// What the machine's own nft lists, as text and as JSON, is what was put into its sets.
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { readChunks, rowsOf } from './support/read-list.ts';

const RULES = `table inet filter {
  set bad { type ipv4_addr; flags interval,timeout; counter; elements = {
    192.0.2.0/24 timeout 1h comment "a, timeout 5s # {9.9.9.9}", 198.51.100.4-198.51.100.9, 203.0.113.7 } }
  set bad6 { type ipv6_addr; flags interval; elements = { 2001:db8::/32 } }
  chain in { type filter hook input priority 0; ip saddr @bad drop; ip saddr 9.9.9.9 accept; }
}
`;

// A namespace of its own, which ends with the command.
const listed = (command: string) =>
  execa('unshare', ['-n', 'sh', '-c', `nft -f - && ${command}`], { input: RULES, stripFinalNewline: false });

test.each([
  ['nft', 'nft list ruleset', 'left out 1 row: an address in a rule, not in a set'],
  ['json', 'nft -j list ruleset', 'left out 2 rows: a rule, not a set'],
])('as %s', async (name, command, note) => {
  const { form, columns, notes } = await readChunks([(await listed(command)).stdout]);
  expect(form).toBe(name);
  expect(notes).toContain(note);
  const rows = rowsOf(columns);
  // What is left of an hour when it is listed.
  expect(rows[0]).toMatch(/^192\.0\.2\.0\/24 for 3[56]\d{5}$/);
  expect(rows.slice(1)).toEqual(['198.51.100.4/30', '198.51.100.8/31', '203.0.113.7/32', '2001:db8::/32']);
});
