// The times that docs/faults.md promises, measured where a test only waits for the event: with the pieces that the tests use.
// `faults.ts [links|ends|crowd|storm|partition]...`: all without words.
import { crowd } from './faults/crowd.ts';
import { ends } from './faults/ends.ts';
import { links } from './faults/links.ts';
import { partition } from './faults/partition.ts';
import { storm } from './faults/storm.ts';
import { type Finding, reportPart } from './report.ts';

const PARTS: Readonly<Record<string, () => Promise<Finding[]>>> = { links, ends, crowd, storm, partition };

const asked = process.argv.slice(2);
for (const name of asked.length > 0 ? asked : Object.keys(PARTS)) {
  const part = PARTS[name];
  if (!part) throw new Error(`${name} is no part: ${Object.keys(PARTS).join(', ')}`);
  reportPart('faults', name, await part());
}
process.exit(0);
