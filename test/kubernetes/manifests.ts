// The manifests of deploy/kubernetes, read as Kubernetes reads them and typed by its own schemas.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';

export const DIRECTORY = fileURLToPath(new URL('../../deploy/kubernetes/', import.meta.url));
/** YAML 1.1, with merges and octal modes. */
const YAML = { version: '1.1', merge: true } as const;
const Kustomization = z.strictObject({
  apiVersion: z.literal('kustomize.config.k8s.io/v1beta1'),
  kind: z.literal('Kustomization'),
  namespace: z.string(),
  resources: z.array(z.string()),
});

/** Of kustomization.yaml. */
export const kustomization = Kustomization.parse(
  parse(readFileSync(join(DIRECTORY, 'kustomization.yaml'), 'utf8'), YAML),
);

/** Files beside it. */
export const files = readdirSync(DIRECTORY).filter((name) => name !== 'kustomization.yaml');

/** Every document, as it stands there. */
export const documents: readonly unknown[] = kustomization.resources.flatMap((name) =>
  parseAllDocuments(readFileSync(join(DIRECTORY, name), 'utf8'), YAML).map((each): unknown => each.toJS()),
);

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
