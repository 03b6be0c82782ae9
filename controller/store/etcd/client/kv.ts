// What is asked of etcd's keys and what it answers, in this project's terms, and both on etcd's wire. Keys are text, values bytes,
// revisions bigints.
import type { Compare } from '../../../../proto/gen/etcdserverpb/Compare.ts';
import type { KeyValue__Output } from '../../../../proto/gen/etcdserverpb/KeyValue.ts';
import type { RangeRequest } from '../../../../proto/gen/etcdserverpb/RangeRequest.ts';
import type { RangeResponse__Output } from '../../../../proto/gen/etcdserverpb/RangeResponse.ts';
import type { RequestOp } from '../../../../proto/gen/etcdserverpb/RequestOp.ts';
import type { TxnRequest } from '../../../../proto/gen/etcdserverpb/TxnRequest.ts';
import type { TxnResponse__Output } from '../../../../proto/gen/etcdserverpb/TxnResponse.ts';

/** A key, or all keys from it up to `end`, which is not one of them. */
export interface KeyRange {
  readonly key: string;
  readonly end?: string;
}

/** At most `limit` of them, by key; default all. */
export interface Read extends KeyRange {
  readonly limit?: number;
}

/** A key with its value. */
export interface Entry {
  readonly key: string;
  readonly value: Buffer;
}

/** `more`: the limit left some out. */
export interface Found {
  readonly entries: readonly Entry[];
  readonly more: boolean;
}

/** What must hold for a transaction: that a key has this value, or undefined: that it is not there. */
export interface Condition {
  readonly key: string;
  readonly value: Uint8Array | undefined;
}

/** A step of a transaction. */
export type Step =
  | { readonly read: Read }
  | { readonly put: { readonly key: string; readonly value: Uint8Array; readonly lease?: string } }
  | { readonly remove: KeyRange };

/** `steps` when all conditions hold, else `otherwise`, together. A key is written once at most. */
export interface Txn {
  readonly when?: readonly Condition[];
  readonly steps: readonly Step[];
  readonly otherwise?: readonly Step[];
}

/** `revision`: etcd's, at which it happened. `found`: what its reads found, in their order. */
export interface TxnResult {
  readonly succeeded: boolean;
  readonly revision: bigint;
  readonly found: readonly Found[];
}

/** The keys that begin with this text, which is ASCII. */
export function under(prefix: string): KeyRange {
  const last = prefix.charCodeAt(prefix.length - 1);
  return { key: prefix, end: prefix.slice(0, -1) + String.fromCharCode(last + 1) };
}

/** On etcd's wire. */
export function rangeToWire({ key, end, limit = 0 }: Read): RangeRequest {
  return { ...keysToWire({ key, ...(end !== undefined && { end }) }), limit };
}

/** On etcd's wire. */
export function keysToWire({ key, end }: KeyRange): { key: Buffer; rangeEnd?: Buffer } {
  return end === undefined ? { key: Buffer.from(key) } : { key: Buffer.from(key), rangeEnd: Buffer.from(end) };
}

/** On etcd's wire. */
export function txnToWire({ when = [], steps, otherwise = [] }: Txn): TxnRequest {
  return { compare: when.map(compareToWire), success: steps.map(stepToWire), failure: otherwise.map(stepToWire) };
}

function compareToWire({ key, value }: Condition): Compare {
  const named = { key: Buffer.from(key), result: 'EQUAL' } as const;
  return value === undefined
    ? { ...named, target: 'CREATE', createRevision: '0' }
    : { ...named, target: 'VALUE', value: Buffer.from(value) };
}

function stepToWire(step: Step): RequestOp {
  if ('read' in step) return { requestRange: rangeToWire(step.read) };
  if ('remove' in step) return { requestDeleteRange: keysToWire(step.remove) };
  const { key, value, lease = '0' } = step.put;
  return { requestPut: { key: Buffer.from(key), value: Buffer.from(value), lease } };
}

/** From etcd's wire. */
export function foundFromWire({ kvs, more }: RangeResponse__Output): Found {
  return { entries: kvs.map(entryFromWire), more };
}

/** From etcd's wire. */
export function entryFromWire({ key, value }: KeyValue__Output): Entry {
  return { key: key.toString(), value };
}

/** From etcd's wire. */
export function txnFromWire({ succeeded, header, responses }: TxnResponse__Output): TxnResult {
  return {
    succeeded,
    revision: BigInt(header?.revision ?? 0),
    found: responses.flatMap(({ responseRange }) => (responseRange ? [foundFromWire(responseRange)] : [])),
  };
}
