// A recorded conversation of one host with its controller: the bytes of every message of the sync stream, both ways, in the order in which
// they were sent. traces/VERSION.trace has that of a release: one message per line, in base64.
import { readFileSync, writeFileSync } from 'node:fs';
import { protocol } from '../../common/rpc/proto.ts';
import type { AgentMessage__Output } from '../../proto/gen/fleetblock/v1/AgentMessage.ts';
import type { ControllerMessage__Output } from '../../proto/gen/fleetblock/v1/ControllerMessage.ts';

const { Sync } = protocol.AgentService.service;

/** One message, as its sender encoded it. */
export interface Step {
  readonly from: 'agent' | 'controller';
  /** Its name in agent.proto: hello, welcome... */
  readonly kind: string;
  readonly bytes: Buffer;
}

/** By the release's own codec: a kind that it does not know is ''. */
export const fromAgent = (bytes: Buffer): AgentMessage__Output => Sync.requestDeserialize(bytes);
export const fromController = (bytes: Buffer): ControllerMessage__Output => Sync.responseDeserialize(bytes);

/** @returns the step that these bytes are */
export function stepOf(from: Step['from'], bytes: Buffer): Step {
  const { message = '' } = from === 'agent' ? fromAgent(bytes) : fromController(bytes);
  return { from, kind: message, bytes };
}

/** @returns one list of steps for each session, in order */
export function readTrace(file: string): Step[][] {
  const sessions = readFileSync(file, 'utf8').trim().split('\n\n');
  return sessions.map((session) =>
    session.split('\n').map((line) => {
      const [from, kind = '', text = ''] = line.split(' ');
      if (from !== 'agent' && from !== 'controller') throw new Error(`${file}: no line of a trace: ${line}`);
      return { from, kind, bytes: Buffer.from(text, 'base64') };
    }),
  );
}

/** Replaces the file. */
export function writeTrace(file: string, sessions: readonly (readonly Step[])[]): void {
  const lineOf = ({ from, kind, bytes }: Step) => `${from} ${kind} ${bytes.toString('base64')}`;
  writeFileSync(file, `${sessions.map((session) => session.map(lineOf).join('\n')).join('\n\n')}\n`);
}
