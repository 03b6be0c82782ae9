// What one controller takes before it knows who is calling. All are far above what a fleet needs.

/** Counts of connections and times in milliseconds; tests lower them. */
export interface FrontLimits {
  /** Connections that have not said hello yet. One more pushes out the oldest: a flood cannot keep a newcomer waiting. */
  readonly silent: number;
  /** From accept to a whole hello, milliseconds. */
  readonly helloMs: number;
  /** Connections that said hello and wait for their turn, at no cost but their memory. Beyond it see Turns. */
  readonly waiting: number;
  /** TLS handshakes under way at once. */
  readonly handshakes: number;
  /** Longest handshake, milliseconds, from its turn on. */
  readonly handshakeMs: number;
  /** The same while others wait for their turn. */
  readonly patienceMs: number;
  /** Connections to the enrollment service. One more pushes out the oldest of the network that has the most. */
  readonly enrollments: number;
  /** Those of one network; one more pushes out its oldest. */
  readonly enrollmentsPerNetwork: number;
  /** Longest life of a connection to the enrollment service, milliseconds. */
  readonly enrollmentMs: number;
  /** Connections of the fleet's own certificates. One more takes a place from the holder of the most, or is refused. */
  readonly clients: number;
  /** Of them, those of one host, whatever certificates it shows; one more is refused. */
  readonly perHost: number;
  /** The same of one operator or admin. */
  readonly perOperator: number;
  /** Places that hosts cannot take... */
  readonly keptForOperators: number;
  /** ...and of these, places that are for admins alone. */
  readonly keptForAdmins: number;
  /** Connections over a limit that get the reason in their first answer. Beyond it they are closed without an answer. */
  readonly told: number;
  /** How long such a connection may take to ask, milliseconds. */
  readonly toldMs: number;
}

/** Some 15,000 hosts fit beside the places that are kept for operators. */
export const DEFAULT_FRONT_LIMITS: FrontLimits = {
  silent: 4096,
  helloMs: 10_000,
  waiting: 8192,
  // A processor makes some 500 a second: enough for answers that take half a second to come.
  handshakes: 256,
  handshakeMs: 10_000,
  patienceMs: 3000,
  enrollments: 256,
  enrollmentsPerNetwork: 64,
  enrollmentMs: 20_000,
  clients: 16_384,
  // One stream; some more while half-open ones of a broken network wait for their end.
  perHost: 16,
  // Many terminals and jobs under one name.
  perOperator: 256,
  keptForOperators: 1024,
  keptForAdmins: 64,
  told: 64,
  toldMs: 5000,
};
