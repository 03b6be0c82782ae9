// The JSON of `fleetblock-agent status -o json`, which is also what the running agent answers over its socket.
import { z } from 'zod';
import { FleetblockError } from '../../common/errors.ts';

const interfaceSchema = z.object({
  name: z.string(),
  index: z.number(),
  mode: z.enum(['native', 'generic', 'none']),
  problem: z.string(),
});
const countersSchema = z.object({
  droppedPackets: z.number(),
  droppedBytes: z.number(),
  passedPackets: z.number(),
  passedBytes: z.number(),
  allowedPackets: z.number(),
  monitoredPackets: z.number(),
  malformedPackets: z.number(),
  // Not in what an agent of an older version answers.
  overtaggedPackets: z.number().default(0),
});
const protectedSchema = z.object({ address: z.string(), why: z.string(), blocked: z.boolean() });

const reportsSchema = z.object({
  /** Not answered by the controller yet. */
  waiting: z.number(),
  taken: z.number(),
  refused: z.number(),
  /** Empty: none was. */
  lastRefusal: z.string(),
  /** Empty: the controller never made any wait. Not in what an agent of an older version answers. */
  lastDelay: z.string().default(''),
});
/** Before any. */
export const NO_REPORTS: z.infer<typeof reportsSchema> = {
  waiting: 0,
  taken: 0,
  refused: 0,
  lastRefusal: '',
  lastDelay: '',
};

/** The JSON of `status -o json`: stable. Counters and revisions are numbers, as in the CLI's JSON. */
export const statusSchema = z.object({
  running: z.boolean(),
  /** `stopped` when no agent runs. */
  link: z.enum(['connected', 'connecting', 'stopped']),
  /** Null when the host has not joined. */
  host: z.object({ name: z.string(), id: z.string(), fleet: z.string() }).nullable(),
  controller: z.string().nullable(),
  /** Of the list, as the running agent or the record on disk has it; empty: nothing is held. */
  epoch: z.string(),
  revision: z.number(),
  /** Hexadecimal. */
  digest: z.string(),
  entries: z.number(),
  /** Entries that the maps can hold: known to a running agent only. */
  capacity: z.number().nullable(),
  /** Kernel memory of the maps; null when none are pinned. */
  kernelMemoryBytes: z.number().nullable(),
  /** Whether enforcement outlives the agent: all of its maps and links are pinned. */
  pinned: z.boolean(),
  interfaces: z.array(interfaceSchema),
  /** Null when no maps are pinned, or those of another version. */
  counters: countersSchema.nullable(),
  /** Never dropped on this host; `blocked` when the list blocks it anyway. Known to a running agent only. */
  protected: z.array(protectedSchema),
  /** Of detectors on this host; not in what an agent of an older version answers. */
  reports: reportsSchema.default(NO_REPORTS),
  driftRepairs: z.number(),
  problems: z.array(z.string()),
});
/** From a running agent or from leftBehind(); statusSchema checks what comes over the socket. */
export type StatusReport = z.infer<typeof statusSchema>;

/** What a running agent answered. @throws FleetblockError INTERNAL: in another form than this one */
export function readAnswer(answer: unknown): StatusReport {
  const report = statusSchema.safeParse(answer);
  if (report.success) return report.data;
  throw new FleetblockError(
    'INTERNAL',
    'the running agent answers in another form: is it of another version? restart it',
  );
}
