// Original file: proto/fleetblock/v1/operator.proto

import type { Long } from '@grpc/proto-loader';

export interface CreateTokenRequest {
  /**
   * Milliseconds to live; 0 for the default of one hour.
   */
  'ttlMs'?: (number | string | Long);
  /**
   * 0 for one.
   */
  'maxUses'?: (number);
  /**
   * Labels that every host enrolled with it gets.
   */
  'labels'?: ({[key: string]: string});
  /**
   * The only host name that it enrolls; empty: any.
   */
  'hostName'?: (string);
  /**
   * The host of that name is there and keeps its id, name and labels, with a new certificate; its old ones are refused from then
   * on. NOT_FOUND: no such host.
   */
  'keepIdentity'?: (boolean);
  /**
   * Hosts that join get `labels` alone, and none that they ask for.
   */
  'onlyLabels'?: (boolean);
}

export interface CreateTokenRequest__Output {
  /**
   * Milliseconds to live; 0 for the default of one hour.
   */
  'ttlMs': (string);
  /**
   * 0 for one.
   */
  'maxUses': (number);
  /**
   * Labels that every host enrolled with it gets.
   */
  'labels': ({[key: string]: string});
  /**
   * The only host name that it enrolls; empty: any.
   */
  'hostName': (string);
  /**
   * The host of that name is there and keeps its id, name and labels, with a new certificate; its old ones are refused from then
   * on. NOT_FOUND: no such host.
   */
  'keepIdentity': (boolean);
  /**
   * Hosts that join get `labels` alone, and none that they ask for.
   */
  'onlyLabels': (boolean);
}
