// What the pages of doors show is typed by a shell with the real curl, and prints what they say.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Reader } from '../http/typed-page.ts';

let reader: Reader;
beforeAll(async () => {
  reader = await Reader.start();
});
afterAll(() => reader?.stop());

it.each([
  ['edl', 3, 2],
  ['bouncers', 3, 2],
  ['webhooks', 4, 2],
])('docs/integrate/%s.md', async (page, all, withAnswer) => {
  const blocks = await reader.type(`docs/integrate/${page}.md`);
  expect(blocks).toHaveLength(all);
  const answered = blocks.filter(({ shown }) => shown !== undefined);
  expect(answered).toHaveLength(withAnswer);
  for (const { shown, printed } of answered) expect(printed.trimEnd()).toBe(shown?.trimEnd());
});
