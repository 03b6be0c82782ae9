// What one controller takes before it knows who is calling. All are far above what a fleet needs.

export interface FrontLimits {
  /** Connections whose TLS handshake is not done. One more pushes out the oldest: a flood cannot keep a newcomer waiting. */
  readonly handshakes: number;
  /** From accept to the end of the handshake, milliseconds. */
  readonly handshakeMs: number;
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
  handshakes: 1024,
  handshakeMs: 10_000,
  enrollments: 64,
  enrollmentMs: 20_000,
  clients: 16_384,
  perCertificate: 32,
};
