// What OperatorService's methods take and give.
import type { OperatorServiceHandlers } from '../../../../proto/gen/fleetblock/v1/OperatorService.ts';
import type { MethodsOf } from '../calls.ts';

/** By name; the handlers of one subject each are a part of it. */
export type OperatorMethods = MethodsOf<OperatorServiceHandlers>;
