// Original file: proto/fleetblock/v1/operator.proto


// Original file: proto/fleetblock/v1/operator.proto

export const _fleetblock_v1_ListObjection_Kind = {
  KIND_UNSPECIFIED: 'KIND_UNSPECIFIED',
  /**
   * allow_shrink
   */
  SHRINKS: 'SHRINKS',
  /**
   * retarget
   */
  RETARGETS: 'RETARGETS',
} as const;

export type _fleetblock_v1_ListObjection_Kind =
  | 'KIND_UNSPECIFIED'
  | 0
  /**
   * allow_shrink
   */
  | 'SHRINKS'
  | 1
  /**
   * retarget
   */
  | 'RETARGETS'
  | 2

export type _fleetblock_v1_ListObjection_Kind__Output = typeof _fleetblock_v1_ListObjection_Kind[keyof typeof _fleetblock_v1_ListObjection_Kind]

/**
 * Why an import is refused until its begin says that this is meant.
 */
export interface ListObjection {
  'kind'?: (_fleetblock_v1_ListObjection_Kind);
  /**
   * One sentence.
   */
  'text'?: (string);
}

/**
 * Why an import is refused until its begin says that this is meant.
 */
export interface ListObjection__Output {
  'kind': (_fleetblock_v1_ListObjection_Kind__Output);
  /**
   * One sentence.
   */
  'text': (string);
}
