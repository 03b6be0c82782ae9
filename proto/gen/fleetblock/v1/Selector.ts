// Original file: proto/fleetblock/v1/types.proto


export interface _fleetblock_v1_Selector_Names {
  'names'?: (string)[];
}

export interface _fleetblock_v1_Selector_Names__Output {
  'names': (string)[];
}

/**
 * Which hosts a claim targets. Exactly one of the three; nothing set is refused, so that no request means the whole
 * fleet by accident.
 */
export interface Selector {
  'allHosts'?: (boolean);
  'hosts'?: (_fleetblock_v1_Selector_Names | null);
  /**
   * Comma-separated label terms, all of which must hold: "env=prod,role!=db".
   */
  'labels'?: (string);
  /**
   * Of a claim only: the hosts of a target that a stage of a rollout has reached, "stage:028f5c29/all". Never in a request.
   */
  'stage'?: (string);
  'target'?: "allHosts"|"hosts"|"labels"|"stage";
}

/**
 * Which hosts a claim targets. Exactly one of the three; nothing set is refused, so that no request means the whole
 * fleet by accident.
 */
export interface Selector__Output {
  'allHosts'?: (boolean);
  'hosts'?: (_fleetblock_v1_Selector_Names__Output | null);
  /**
   * Comma-separated label terms, all of which must hold: "env=prod,role!=db".
   */
  'labels'?: (string);
  /**
   * Of a claim only: the hosts of a target that a stage of a rollout has reached, "stage:028f5c29/all". Never in a request.
   */
  'stage'?: (string);
  'target'?: "allHosts"|"hosts"|"labels"|"stage";
}
