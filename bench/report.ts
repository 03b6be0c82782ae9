// What every benchmark prints and keeps: medians with their spread, ratios against a floor or peer of the same run, a verdict
// against the target. Results as JSON in bench/results/ (not checked in), in one go or part by part.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, release } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

export interface Stats {
  readonly count: number;
  readonly min: number;
  readonly median: number;
  readonly p99: number;
  readonly max: number;
}

/** One answer. `ratio` is this figure over `against`'s; `target` is what the ratio must keep to. */
export interface Finding {
  readonly question: string;
  readonly value: number;
  readonly unit: string;
  readonly against?: string;
  readonly ratio?: number;
  readonly target?: { readonly relation: '<=' | '>='; readonly ratio: number };
  /** Absolute bound, where the target is none of a ratio. */
  readonly limit?: { readonly relation: '<=' | '>='; readonly value: number };
}

/** @param samples at least one */
export function stats(samples: readonly number[]): Stats {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return { count: sorted.length, min: at(0), median: at(0.5), p99: at(0.99), max: sorted.at(-1) ?? Number.NaN };
}

/** True, false, or undefined when there is no target. */
export function meets(finding: Finding): boolean | undefined {
  const holds = (value: number, relation: '<=' | '>=', bound: number) =>
    relation === '<=' ? value <= bound : value >= bound;
  if (finding.target !== undefined && finding.ratio !== undefined)
    return holds(finding.ratio, finding.target.relation, finding.target.ratio);
  if (finding.limit !== undefined) return holds(finding.value, finding.limit.relation, finding.limit.value);
  return undefined;
}

interface Part {
  readonly at: string;
  readonly findings: readonly Finding[];
  readonly details: object;
}

/** Prints the findings as a table and writes them, with `details`, to bench/results/NAME.json. */
export function report(name: string, findings: readonly Finding[], details: object = {}): void {
  print(findings);
  write(name, { machine: machine(), findings, details });
}

/** The same for one part of a benchmark that takes several runs: the file keeps what it has of the other parts. */
export function reportPart(name: string, part: string, findings: readonly Finding[], details: object = {}): void {
  print(findings);
  const made: Part = { at: new Date().toISOString(), findings, details };
  write(name, { machine: machine(), parts: { ...earlierParts(name), [part]: made } });
}

function print(findings: readonly Finding[]): void {
  const rows = findings.map((finding) => [
    finding.question,
    `${figure(finding.value)} ${finding.unit}`,
    finding.ratio === undefined
      ? ''
      : `${finding.ratio < 0.01 ? finding.ratio.toPrecision(2) : finding.ratio.toFixed(2)}x ${finding.against ?? ''}`,
    finding.target
      ? `${finding.target.relation} ${finding.target.ratio}x`
      : finding.limit
        ? `${finding.limit.relation} ${finding.limit.value} ${finding.unit}`
        : '',
    { true: 'holds', false: 'MISSED', undefined: '' }[String(meets(finding))] ?? '',
  ]);
  const header = ['question', 'value', 'ratio', 'target', ''];
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  for (const row of [header, ...rows])
    console.log(
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}

function machine(): object {
  return { kernel: release(), arch: arch(), cpus: cpus().length, node: process.version };
}

const fileOf = (name: string) => fileURLToPath(new URL(`results/${name}.json`, import.meta.url));

function write(name: string, content: object): void {
  mkdirSync(dirname(fileOf(name)), { recursive: true });
  writeFileSync(fileOf(name), `${JSON.stringify({ name, ...content }, null, 2)}\n`);
}

function earlierParts(name: string): Readonly<Record<string, unknown>> {
  try {
    return z
      .looseObject({ parts: z.record(z.string(), z.unknown()) })
      .parse(JSON.parse(readFileSync(fileOf(name), 'utf8'))).parts;
  } catch {
    return {};
  }
}

function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
