// Who has the most: where places are short, the holder of the most gives way.

/** Undefined when the map is empty. The first of those that are as large. */
export function largest<K, V>(map: ReadonlyMap<K, V>, size: (value: V) => number): [K, number] | undefined {
  let found: [K, number] | undefined;
  for (const [key, value] of map) if (size(value) > (found?.[1] ?? -1)) found = [key, size(value)];
  return found;
}
