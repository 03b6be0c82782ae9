// A record of the list that keeps nothing, for simulated agents.
import type { ViewStore } from '../../agent/list/held.ts';

export const noStore: ViewStore = {
  problem: '',
  wantsRewrite: false,
  load: () => Promise.resolve(undefined),
  append: () => {},
  look: () => {},
  rewrite: () => Promise.resolve(),
  close: () => Promise.resolve(),
};
