// What one controller takes before it knows who is calling. All are far above what a fleet needs.

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
  /** Connections to the enrollment service. One more pushes out the oldest. */
  readonly enrollments: number;
  /** Longest life of a connection to the enrollment service, milliseconds. */
  readonly enrollmentMs: number;
  /** Connections of the fleet's own certificates; one more is refused. */
  readonly clients: number;
  /** Connections of any one certificate; one more pushes out that certificate's oldest. */
  readonly perCertificate: number;
}

export const DEFAULT_FRONT_LIMITS: FrontLimits = {
  silent: 4096,
  helloMs: 10_000,
  waiting: 8192,
  // A processor makes some 500 a second: enough for answers that take half a second to come.
  handshakes: 256,
  handshakeMs: 10_000,
  patienceMs: 3000,
  enrollments: 64,
  enrollmentMs: 20_000,
  clients: 16_384,
  perCertificate: 32,
};
