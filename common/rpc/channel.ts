// What both ends of a connection agree on: names, limits, and what a client shows.

/**
 * The name in the controller's certificate. The fleet's root signs only one server, so that the name, not the address
 * that happened to be dialled, is what is checked: a controller may move without new certificates.
 */
export const CONTROLLER_NAME = 'controller.fleetblock.internal';

/** The TLS server name (SNI) by which a host without a certificate reaches the enrollment service on the same port. */
export const ENROLLMENT_NAME = 'enrollment.fleetblock.internal';

/** PEM texts. */
export interface ClientIdentity {
  readonly rootCertificate: string;
  /** Leaf first. */
  readonly certificateChain: string;
  readonly privateKey: string;
}

/** Most bytes of one message, either way. */
export const MAX_MESSAGE_BYTES = 1024 * 1024;

/** Version of the sync protocol that Hello and Welcome carry. */
export const SYNC_PROTOCOL = 1;
