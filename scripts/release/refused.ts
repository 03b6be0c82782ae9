// Why a release is not made.

/** What was asked for cannot be released: one line, with what to do. */
export class Refused extends Error {}
