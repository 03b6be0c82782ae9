// Time as something that is handed in, so that tests can move it.

/** Two times that have nothing in common: never subtract one from the other. */
export interface Clock {
  /** Unix time, milliseconds. Jumps when the clock is set: for records and for what people read. */
  wallMs(): number;
  /** Milliseconds since an arbitrary start, never going back: for waiting and measuring. */
  monotonicMs(): number;
}

/** The machine's. The controller puts steadyClock around it. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
