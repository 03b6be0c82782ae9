// Original file: proto/fleetblock/v1/agent.proto

import type { Interface as _fleetblock_v1_Interface, Interface__Output as _fleetblock_v1_Interface__Output } from '../../fleetblock/v1/Interface.ts';
import type { ProtectedAddress as _fleetblock_v1_ProtectedAddress, ProtectedAddress__Output as _fleetblock_v1_ProtectedAddress__Output } from '../../fleetblock/v1/ProtectedAddress.ts';
import type { EndedAlone as _fleetblock_v1_EndedAlone, EndedAlone__Output as _fleetblock_v1_EndedAlone__Output } from '../../fleetblock/v1/EndedAlone.ts';
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
}
