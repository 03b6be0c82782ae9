// Texts that are kept: a string that was cut from another keeps the whole of that in memory for as long as it is there itself.

/** The same text with memory of its own. */
export function ownCopy(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
