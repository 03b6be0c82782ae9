// Paths that the documents name: a room that moves takes its mentions along.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const inFolder = (folder: string) => readdirSync(join(ROOT, folder)).map((name) => join(folder, name));
const DOCUMENTS = ['.', 'docs', 'docs/decisions'].flatMap(inFolder).filter((path) => path.endsWith('.md'));
/** Made by a build, or not in a checkout. */
const MADE = /^(dist|node_modules)\//;

/** Paths in backticks that begin with a folder or a file of the repository's root, and targets of relative links. */
function pathsIn(document: string): string[] {
  const text = readFileSync(join(ROOT, document), 'utf8');
  const quoted = [
    ...text.matchAll(/`((?:agent|bench|bpf|cli|common|controller|deploy|docs|lab|proto|scripts|test)\/[\w./-]*)`/g),
  ];
  const linked = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path = '']) => join(document, '..', path));
  return [...quoted.map(([, path = '']) => path), ...linked].filter((path) => !MADE.test(path));
}

describe('documents', () => {
  it('are found', () => expect(DOCUMENTS.length).toBeGreaterThan(40));

  it.each(DOCUMENTS)('%s names files and folders that exist', (document) => {
    const paths = pathsIn(document);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});
