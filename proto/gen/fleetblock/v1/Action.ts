// Original file: proto/fleetblock/v1/types.proto

export const Action = {
  ACTION_UNSPECIFIED: 'ACTION_UNSPECIFIED',
  ACTION_BLOCK: 'ACTION_BLOCK',
  ACTION_ALLOW: 'ACTION_ALLOW',
} as const;

export type Action =
  | 'ACTION_UNSPECIFIED'
  | 0
  | 'ACTION_BLOCK'
  | 1
  | 'ACTION_ALLOW'
  | 2

export type Action__Output = typeof Action[keyof typeof Action]
