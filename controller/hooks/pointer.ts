// JSON pointers (RFC 6901) into a document that was parsed.

/** Whether it is a pointer to a part of a document, and no text of another kind. */
export function isPointer(text: string): boolean {
  return text.startsWith('/') && !/~(?![01])/.test(text);
}

/** What stands there; undefined: nothing. An empty pointer is to the whole document. */
export function valueAt(document: unknown, pointer: string): unknown {
  let value = document;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    // Also of arrays, whose indices are keys of their own. A number or a text has no members.
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
  }
  return value;
}
