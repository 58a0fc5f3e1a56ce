import path from 'node:path';
import { NO_CHOICES } from '../../checks/check.js';
import { planDraft } from '../../edit/change-file.js';
import { applyEdits } from '../../edit/draft.js';
import { fixFile } from '../../evidence/fix-file.js';
import { writeChange } from '../../evidence/write-change.js';
import { readHeader } from '../../gguf/parse.js';
import { decideQuantization } from '../../quantizer/quantize/decide.js';
import { openModel } from '../../quantizer/quantize/open-model.js';
import { recipeHash } from '../../quantizer/quantize/provenance.js';
import { quantizeModel } from '../../quantizer/quantize/quantize-model.js';
import { planRequantization } from '../../repair/requantize.js';
import { openFile } from '../../sources/file.js';
import { lentPool } from '../../tensors/lent-pool.js';
import type { StepResult } from '../journal/record.js';
import type { Making } from '../manifest/manifest.js';
import type { OutputWork } from '../plan/work.js';
import { setEdits } from '../survey/set-edits.js';
import { wantedQuant } from '../survey/wanted-types.js';
import { engineName } from '../tools.js';
import { changesOf } from './changes.js';
import type { StepContext } from './context.js';
import { fileFacts } from './file-facts.js';
import { fixRequest } from './fix.js';
import { madeImatrix } from './imatrix.js';
import { requireTool } from './require-tool.js';

/** Makes an output at `out`, which is not its place yet. */
export async function makeOutput(work: OutputWork, out: string, context: StepContext): Promise<StepResult> {
  const { making } = work.output.wanted;
  if (making.kind === 'fix') return await copyFixed(work, making, out, context);
  if (making.kind === 'requantize') return await copyRequantized(work, out, context);
  return await quantize(work, making, out, context);
}

async function quantize(
  { model, output, uses }: OutputWork,
  making: Exclude<Making, { kind: 'fix' | 'requantize' }>,
  out: string,
  context: StepContext,
): Promise<StepResult> {
  const { manifest, tools, threads, signal, startWork, version, resultOf } = context;
  const engine = requireTool(tools.engine, 'an engine');
  await using opened = await openModel(model.files[0], signal);
  const { tensors, allowRequantize } = output.wanted;
  const imatrix = uses.imatrix === undefined ? undefined : await imatrixFile(model.imatrix, uses.imatrix, context);
  const edits = setEdits(opened.header, output.set);
  const from = wantedQuant(making, manifest.folder);
  const request = {
    from,
    pins: tensors,
    imatrix,
    allowRequantize,
    keepSplit: false,
    planning: {},
    threads,
    version,
    edits,
  };
  const decided = await decideQuantization(opened, request, { signal, startWork });
  const { recipe, preparation, notes } = decided;
  const pool = lentPool(await tools.evidence.pool.open());
  const made = await quantizeModel(
    {
      model: opened,
      out,
      recipe,
      preparation,
      imatrix,
      allowRequantize,
      sidecar: true,
      plan: decided.planned?.recipe.plan,
      // Nobody else knows the folder: what is there was left by a run that was killed.
      force: true,
      edits,
      sourceHash: uses.source === undefined ? undefined : resultOf(uses.source)?.sourceHash,
      threads,
    },
    { engine: engine.engine, pool, startWork, signal },
  );
  return {
    files: fileNames(out, made.bytes),
    sourceHash: made.sourceHash,
    bytes: made.bytes,
    bpw: preparation.bpw,
    type: recipe.fileType,
    recipe: { name: recipe.name, sha256: recipeHash(recipe) },
    engine: engineName(engine),
    notes: [...notes],
  };
}

async function imatrixFile(
  imatrix: OutputWork['model']['imatrix'],
  key: string,
  context: StepContext,
): Promise<string | undefined> {
  return imatrix?.kind === 'file' ? imatrix.file : await madeImatrix(key, context);
}

async function copyFixed(
  { model }: OutputWork,
  { allow }: Extract<Making, { kind: 'fix' }>,
  out: string,
  context: StepContext,
): Promise<StepResult> {
  const write = { out, force: true, strategy: 'auto', keepUndo: false } as const;
  const result = await fixFile(model.files[0], { ...fixRequest(allow, context), write, choices: NO_CHOICES });
  return { ...(await madeFile(out)), ...changesOf(result) };
}

async function copyRequantized({ model, output }: OutputWork, out: string, context: StepContext): Promise<StepResult> {
  const { tools, signal, startWork } = context;
  await using source = await openFile(model.files[0]);
  const header = await readHeader(source, signal);
  const { edits, titles } = planRequantization(header, output.wanted.tensors);
  const draft = applyEdits(header, [...edits, ...setEdits(header, output.set)]);
  const write = { out, force: true, strategy: 'auto', keepUndo: false } as const;
  await writeChange(source, planDraft(draft, write), write, { pool: tools.evidence.pool, signal, startWork });
  return { ...(await madeFile(out)), changes: [...titles] };
}

async function madeFile(out: string): Promise<Pick<StepResult, 'files' | 'bytes' | 'bpw' | 'type'>> {
  const facts = await fileFacts(out);
  return { files: fileNames(out, facts.bytes ?? 0), ...facts };
}

/** A file that has no place yet is recorded by its name. */
function fileNames(out: string, bytes: number): NonNullable<StepResult['files']> {
  return [{ path: path.basename(out), bytes }];
}
