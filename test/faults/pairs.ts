// Numbered changes of two prefixes each, for tests that kill who writes them.

/** The two prefixes of a numbered change: both are there, or neither. */
export function pairOf(number: number): [string, string] {
  const low = `${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
  return [`20.${low}`, `21.${low}`];
}
