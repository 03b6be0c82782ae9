// Original file: proto/fleetblock/v1/agent.proto

import type { Interface as _fleetblock_v1_Interface, Interface__Output as _fleetblock_v1_Interface__Output } from '../../fleetblock/v1/Interface.ts';
import type { ProtectedAddress as _fleetblock_v1_ProtectedAddress, ProtectedAddress__Output as _fleetblock_v1_ProtectedAddress__Output } from '../../fleetblock/v1/ProtectedAddress.ts';
import type { EndedAlone as _fleetblock_v1_EndedAlone, EndedAlone__Output as _fleetblock_v1_EndedAlone__Output } from '../../fleetblock/v1/EndedAlone.ts';
import type { Detached as _fleetblock_v1_Detached, Detached__Output as _fleetblock_v1_Detached__Output } from '../../fleetblock/v1/Detached.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * What the agent already holds, so that the controller can send the difference.
 */
export interface Hello {
  'protocol'?: (number);
  /**
   * proc/sys/kernel/random/boot_id
   */
  'bootId'?: (string);
  /**
   * Empty when the agent holds nothing.
   */
  'storeEpoch'?: (string);
  'revision'?: (number | string | Long);
  'digest'?: (Buffer | Uint8Array | string);
  'entries'?: (number | string | Long);
  'interfaces'?: (_fleetblock_v1_Interface)[];
  /**
   * Entries that the maps can hold.
   */
  'capacity'?: (number | string | Long);
  'agentVersion'?: (string);
  'kernelVersion'?: (string);
  'protectedAddresses'?: (_fleetblock_v1_ProtectedAddress)[];
  /**
   * Absent when there are none.
   */
  'endedAlone'?: (_fleetblock_v1_EndedAlone | null);
  /**
   * Of the last Welcome that this host has kept on its disk; empty when it has kept none.
   */
  'sessionKey'?: (Buffer | Uint8Array | string);
  /**
   * As the change came with it that led to `revision`.
   */
  'revisionSeal'?: (Buffer | Uint8Array | string);
  /**
   * Inode of the agent's network namespace; 0: not known. The same as long as the machine does not start again.
   */
  'networkNamespace'?: (number | string | Long);
  /**
   * Hashes that tell machines apart: of its id, and of the hardware addresses of the interfaces. At most 16.
   */
  'machineFacts'?: (Buffer | Uint8Array | string)[];
  /**
   * Absent when its program was not taken off, or the controller knows.
   */
  'detached'?: (_fleetblock_v1_Detached | null);
  /**
   * Unix milliseconds by this host's clock; 0: not said. It decides nothing but whether the controller may believe its own.
   */
  'wallMs'?: (number | string | Long);
  /**
   * It knows what a loose delta is.
   */
  'takesLoose'?: (boolean);
  /**
   * It knows ReportsAnswer.judged; of one that does not, all rows of a message are judged or none.
   */
  'takesJudged'?: (boolean);
}

/**
 * What the agent already holds, so that the controller can send the difference.
 */
export interface Hello__Output {
  'protocol': (number);
  /**
   * proc/sys/kernel/random/boot_id
   */
  'bootId': (string);
  /**
   * Empty when the agent holds nothing.
   */
  'storeEpoch': (string);
  'revision': (string);
  'digest': (Buffer);
  'entries': (string);
  'interfaces': (_fleetblock_v1_Interface__Output)[];
  /**
   * Entries that the maps can hold.
   */
  'capacity': (string);
  'agentVersion': (string);
  'kernelVersion': (string);
  'protectedAddresses': (_fleetblock_v1_ProtectedAddress__Output)[];
  /**
   * Absent when there are none.
   */
  'endedAlone': (_fleetblock_v1_EndedAlone__Output | null);
  /**
   * Of the last Welcome that this host has kept on its disk; empty when it has kept none.
   */
  'sessionKey': (Buffer);
  /**
   * As the change came with it that led to `revision`.
   */
  'revisionSeal': (Buffer);
  /**
   * Inode of the agent's network namespace; 0: not known. The same as long as the machine does not start again.
   */
  'networkNamespace': (string);
  /**
   * Hashes that tell machines apart: of its id, and of the hardware addresses of the interfaces. At most 16.
   */
  'machineFacts': (Buffer)[];
  /**
   * Absent when its program was not taken off, or the controller knows.
   */
  'detached': (_fleetblock_v1_Detached__Output | null);
  /**
   * Unix milliseconds by this host's clock; 0: not said. It decides nothing but whether the controller may believe its own.
   */
  'wallMs': (string);
  /**
   * It knows what a loose delta is.
   */
  'takesLoose': (boolean);
  /**
   * It knows ReportsAnswer.judged; of one that does not, all rows of a message are judged or none.
   */
  'takesJudged': (boolean);
}
