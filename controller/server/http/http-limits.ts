// What one controller takes over HTTP before it knows who is calling.

/** Counts of connections and times in milliseconds; tests lower them. */
export interface HttpLimits {
  /** Connections without a certificate on which no call that was let in is open. One more pushes out the oldest of the network that has the most. */
  readonly strangers: number;
  /** Those of one network; one more pushes out its oldest. Without TLS all are of one. */
  readonly strangersPerNetwork: number;
  /** To the whole head of a request, from a connection's start or its last answer; also to read the answer where no call was let in. */
  readonly headMs: number;
  /** For the rest of a body that was not read, once it has its answer, milliseconds. */
  readonly restMs: number;
  /** Of a request's head, bytes. */
  readonly headBytes: number;
}

/** Far above what scripts and detectors need. */
export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  strangers: 1024,
  strangersPerNetwork: 256,
  headMs: 30_000,
  restMs: 1_000,
  headBytes: 8 * 1024,
};
