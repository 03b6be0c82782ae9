// What docs/api.md shows is typed, in its order, by a shell with the real curl, and answers what the page says.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Block, Reader } from './typed-page.ts';

let reader: Reader;
let blocks: Block[];

beforeAll(async () => {
  reader = await Reader.start();
  blocks = await reader.type('docs/api.md');
});
afterAll(() => reader?.stop());

it('all of it is typed, to its end', () => {
  expect(blocks.length).toBeGreaterThan(8);
});

it('answers are those that are shown, but for times', () => {
  const answered = blocks.flatMap(({ shown, printed }) => (shown ? [{ shown, printed }] : []));
  expect(answered.length).toBeGreaterThanOrEqual(2);
  for (const { shown, printed } of answered)
    if (shown.startsWith('{\n'))
      expect({ ...JSON.parse(printed), elapsedMs: 0 }).toEqual({ ...JSON.parse(shown), elapsedMs: 0 });
    else expect(printed).toBe(shown);
});

it('did what it says: a block and its end, an import, by that key', async () => {
  const { running, directory } = reader;
  const records = [];
  for await (const batch of running.server.store.audit({ actor: 'apikey/ci' })) records.push(...batch);
  const verbs = records.map(({ verb }) => verb).filter((verb) => verb !== 'result');
  expect(verbs).toEqual(['block', 'unblock', 'import']);
  expect(await running.server.store.lists()).toMatchObject([{ name: 'feed', entries: 1 }]);
  expect(JSON.parse(readFileSync(join(directory, 'openapi.json'), 'utf8')).openapi).toBe('3.1.0');
  expect(readFileSync(join(directory, 'entries'), 'utf8')).toMatch(/event: end\ndata: \{\}\n\n$/);
  expect(readFileSync(join(directory, 'api.header'), 'utf8')).toMatch(/^Authorization: Bearer fbk1\./);
});
