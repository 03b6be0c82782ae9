// The manifests of deploy/kubernetes, as `kubectl apply -k` sends them, typed by Kubernetes' own schemas.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { peer } from '../doors/peers.ts';

export const DIRECTORY = fileURLToPath(new URL('../../deploy/kubernetes/', import.meta.url));

/** Of kustomization.yaml. */
export const kustomization = z
  .strictObject({
    apiVersion: z.literal('kustomize.config.k8s.io/v1beta1'),
    kind: z.literal('Kustomization'),
    namespace: z.string(),
    resources: z.array(z.string()),
  })
  .parse(parse(readFileSync(join(DIRECTORY, 'kustomization.yaml'), 'utf8')));

/** Files beside it. */
export const files = readdirSync(DIRECTORY).filter((name) => name !== 'kustomization.yaml');

/** What Debian's kubectl makes of the kustomization in this directory. @throws what kubectl says */
export const kustomized = (directory: string): readonly unknown[] =>
  parseAllDocuments(execFileSync(peer('usr/bin/kubectl'), ['kustomize', directory], { encoding: 'utf8' }), {
    version: '1.1',
  }).map((each): unknown => each.toJS());

/** Every document of the base. */
export const documents = kustomized(DIRECTORY);

/** A kind of Kubernetes, as kubernetes-models has it: `DaemonSet`. */
interface Kind<T> {
  readonly name: string;
  is(document: unknown): document is T;
  new (document: T): { validate(): void };
}

/** The document of that kind. @throws when there is none or another one, or it is not of the kind's schema */
export function only<T>(Kind: Kind<T>): T {
  const [document, ...more] = documents.filter((each) => Kind.is(each));
  if (document === undefined || more.length > 0) throw new Error(`one ${Kind.name} is expected`);
  new Kind(document).validate();
  return document;
}
