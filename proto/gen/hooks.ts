import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { AddHookRequest as _fleetblock_v1_AddHookRequest, AddHookRequest__Output as _fleetblock_v1_AddHookRequest__Output } from './fleetblock/v1/AddHookRequest.ts';
import type { Hook as _fleetblock_v1_Hook, Hook__Output as _fleetblock_v1_Hook__Output } from './fleetblock/v1/Hook.ts';
import type { HookServiceClient as _fleetblock_v1_HookServiceClient, HookServiceDefinition as _fleetblock_v1_HookServiceDefinition } from './fleetblock/v1/HookService.ts';
import type { HookSpec as _fleetblock_v1_HookSpec, HookSpec__Output as _fleetblock_v1_HookSpec__Output } from './fleetblock/v1/HookSpec.ts';
import type { ListHooksReply as _fleetblock_v1_ListHooksReply, ListHooksReply__Output as _fleetblock_v1_ListHooksReply__Output } from './fleetblock/v1/ListHooksReply.ts';
import type { ListHooksRequest as _fleetblock_v1_ListHooksRequest, ListHooksRequest__Output as _fleetblock_v1_ListHooksRequest__Output } from './fleetblock/v1/ListHooksRequest.ts';
import type { RemoveHookRequest as _fleetblock_v1_RemoveHookRequest, RemoveHookRequest__Output as _fleetblock_v1_RemoveHookRequest__Output } from './fleetblock/v1/RemoveHookRequest.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  fleetblock: {
    v1: {
      AddHookRequest: MessageTypeDefinition<_fleetblock_v1_AddHookRequest, _fleetblock_v1_AddHookRequest__Output>
      Hook: MessageTypeDefinition<_fleetblock_v1_Hook, _fleetblock_v1_Hook__Output>
      /**
       * Roles: viewers list, admins change.
       */
      HookService: SubtypeConstructor<typeof grpc.Client, _fleetblock_v1_HookServiceClient> & { service: _fleetblock_v1_HookServiceDefinition }
      HookSpec: MessageTypeDefinition<_fleetblock_v1_HookSpec, _fleetblock_v1_HookSpec__Output>
      ListHooksReply: MessageTypeDefinition<_fleetblock_v1_ListHooksReply, _fleetblock_v1_ListHooksReply__Output>
      ListHooksRequest: MessageTypeDefinition<_fleetblock_v1_ListHooksRequest, _fleetblock_v1_ListHooksRequest__Output>
      RemoveHookRequest: MessageTypeDefinition<_fleetblock_v1_RemoveHookRequest, _fleetblock_v1_RemoveHookRequest__Output>
    }
  }
}

