import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findEntry, findTensor } from '../../src/gguf/model.js';
import { parseHeader } from '../../src/gguf/parse.js';
import { journalOf } from '../support/batch.js';
import { BINARY } from '../support/run-cli.js';
import { smallGemma } from '../support/small-gemma.js';
import { tempFolder } from '../support/temp.js';

const FILES = process.env['GGUFIX_SLOW'] === undefined ? 60 : 500;

/** The first run shows what the program itself needs. */
const FEW = 50;

/** A heap that holds the program and not five hundred files, which come to 50 MB and are read several times. */
const HEAP_MIB = 64;
const MIB = 2 ** 20;

/** Prints the peak of a process to stderr as its last line. */
const PEAK = `data:text/javascript,process.on('exit',()=>process.stderr.write('\\npeak '+process.resourceUsage().maxRSS*1024))`;

const MANIFEST = `models: quants
outputs: { fix: safe, inPlace: true }
check: upload
`;

function newFolder(count: number): string {
  const folder = tempFolder();
  mkdirSync(path.join(folder, 'quants'));
  writeFileSync(path.join(folder, 'ggufix.batch.yaml'), MANIFEST);
  for (let i = 0; i < count; i += 1) writeFileSync(fileOf(folder, i), smallGemma(`model ${i}`));
  return folder;
}

function fileOf(folder: string, index: number): string {
  return path.join(folder, 'quants', `model-${index}-Q4_K_M.gguf`);
}

function runBatch(folder: string) {
  const started = performance.now();
  const argv = [`--max-old-space-size=${HEAP_MIB}`, '--import', PEAK, BINARY, 'batch', 'run', '--progress', 'none'];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * MIB,
  });
  const seconds = (performance.now() - started) / 1000;
  return { status, seconds, peak: Number(/peak (\d+)$/.exec(stderr)?.[1]), output: `${stdout}${stderr}` };
}

test(`${FILES} small files are repaired by a manifest of three lines, in memory that stays; a corrupt one is reported`, () => {
  const few = runBatch(newFolder(FEW));
  expect(few.status, few.output).toBe(0);
  const folder = newFolder(FILES);
  const corrupt = fileOf(folder, 7);
  const cut = readFileSync(corrupt).subarray(0, 5000);
  writeFileSync(corrupt, cut);

  const many = runBatch(folder);

  expect(many.status, many.output).toBe(4);
  expect(many.output).toContain('model-7-Q4_K_M.gguf');
  expect(readFileSync(corrupt).equals(cut)).toBe(true);
  for (let i = 0; i < FILES; i += 1) {
    if (i === 7) continue;
    const header = parseHeader(readFileSync(fileOf(folder, i)));
    expect(findEntry(header, 'gemma3n.attention.shared_kv_layers')?.type).toBe('uint32');
    expect(findTensor(header, 'per_layer_token_embd.weight')?.type).toBe('Q5_1');
  }
  // Journaled for the file as it was, and for the next run, which meets another one.
  const fixes = journalOf(folder).flatMap((record) =>
    record.status === 'done' && record.step === 'fix' ? [[record.job, record.result.changes?.length] as const] : [],
  );
  expect(new Set(fixes.map(([job]) => job)).size).toBe(FILES - 1);
  expect(new Set(fixes.map(([, changes]) => changes))).toEqual(new Set([2]));
  console.log(
    `bulk: ${FILES} files in ${many.seconds.toFixed(1)} s, ${(FILES / many.seconds).toFixed(1)} files/s; ` +
      `peak ${Math.round(many.peak / MIB)} MiB, of ${FEW} files ${Math.round(few.peak / MIB)} MiB`,
  );
  expect(many.peak).toBeLessThan(few.peak + 48 * MIB);
}, 300_000);
