// What is served beside the methods, at paths and in forms that are not ours: for firewalls, bouncers and whatever else has a protocol of its own.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Peer } from './admission.ts';

/** A group of paths. */
export interface Door {
  /** What is served at a path, which comes without its query; undefined: it is none of this door's. */
  at(path: string): DoorPlace | undefined;
}

/** What is served at one path. Whoever asks was not checked yet. */
export interface DoorPlace {
  readonly methods: readonly string[];
  serve(request: IncomingMessage, response: ServerResponse, peer: Peer): void;
}
