import { readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { PlanOptions, PlanProgress } from '../../../src/quantizer/planner/options.js';
import { planQuantization } from '../../../src/quantizer/planner/plan-quantization.js';
import { toTensorTypeFile } from '../../../src/quantizer/recipes/tensor-type-file.js';
import { renderPlan } from '../../../src/report/plan.js';
import { PLAIN } from '../../../src/report/styles.js';
import { dataPath, describeWithData } from '../../support/data.js';
import { describeWithTools, meanDivergence, runTool, writeDivergenceBase } from '../../support/llama-tools.js';
import { tempFile, tempFolder } from '../../support/temp.js';
import { describeWithLlama } from '../support/llama.js';
import { tinyLlama } from '../support/tiny-llama.js';

const childFolder = new URL('../../../dist/quantizer/planner/', import.meta.url);

function plan(file: string, options: Omit<PlanOptions, 'childFolder'>) {
  return planQuantization(file, { threads: 1, ...options, childFolder });
}

describeWithLlama('planQuantization', () => {
  const file = (): string => tempFile(tinyLlama());
  const budget = { bpw: 7 };

  test('the same plan again, at once from what was kept, and after a stop from where it was', async () => {
    const model = file();
    const cacheFolder = tempFolder();
    const stop = new AbortController();
    let measured = 0;
    const onProgress = (): void => {
      measured += 1;
      if (measured === 3) stop.abort();
    };
    await expect(plan(model, { budget, cacheFolder, signal: stop.signal, onProgress })).rejects.toMatchObject({
      code: 'aborted',
    });
    const rest: PlanProgress[] = [];
    const made = await plan(model, { budget, cacheFolder, onProgress: (progress) => rest.push(progress) });
    const ofErrors = rest.filter(({ stage }) => stage === 'errors');
    expect(ofErrors.at(0)?.done).toBeGreaterThan(1);
    expect(ofErrors.at(-1)).toMatchObject({ done: 8, total: 8 });
    expect(made.sensitivity).toBe('measured');

    const again: PlanProgress[] = [];
    expect(await plan(model, { budget, cacheFolder, onProgress: (progress) => again.push(progress) })).toEqual(made);
    expect(again).toEqual([]);
    expect(await plan(model, { budget })).toEqual(made);
    expect(readdirSync(cacheFolder)).toHaveLength(2);
  });

  test('pins and ties are kept', async () => {
    const pins = { 'blk.0.ffn_up.weight': 'Q8_0' } as const;
    const made = await plan(file(), { budget, pins, ties: [['attn_q', 'attn_k', 'attn_v']], sensitivity: 'expected' });
    const types = new Map(made.tensors.map(({ name, type }) => [name, type]));
    expect(types.get('blk.0.ffn_up.weight')).toBe('Q8_0');
    expect(new Set(['q', 'k', 'v'].map((part) => types.get(`blk.0.attn_${part}.weight`))).size).toBe(1);
  });

  test('what a user says of sensitivity counts', async () => {
    const said = path.join(tempFolder(), 's.yaml');
    writeFileSync(said, 'tensors: { blk.0.attn_k.weight: 100 }\nclasses: { ffn_down: 0 }\n');
    const made = await plan(file(), { budget, sensitivity: 'expected', sensitivityFile: said });
    const of = (name: string) => made.tensors.find((tensor) => tensor.name === name);
    expect(of('blk.0.attn_k.weight')).toMatchObject({ sensitivity: 100, type: 'F16' });
    expect(of('blk.0.ffn_down.weight')).toMatchObject({ sensitivity: 0, type: 'Q4_0' });
  });

  test('a budget that cannot be met is refused before anything is measured', async () => {
    const onProgress = (): never => {
      throw new Error('measured');
    };
    await expect(plan(file(), { budget: { fileBytes: 5000 }, onProgress })).rejects.toMatchObject({
      code: 'bad-option',
    });
  });

  test('a model that llama.cpp does not run is planned by what is expected, unless it was to be measured', async () => {
    const broken = tempFile(tinyLlama({ without: 'output_norm.weight' }));
    const made = await plan(broken, { budget });
    expect(made).toMatchObject({
      sensitivity: 'expected',
      warnings: ['sensitivity is expected, not measured: the embedded llama.cpp does not load the model'],
    });
    await expect(plan(broken, { budget, sensitivity: 'measured' })).rejects.toMatchObject({ code: 'unavailable' });
  });

  describeWithData('a trained model', () => {
    describeWithTools('against stock Q4_0', ['llama-quantize', 'llama-perplexity'], () => {
      test('the file has the predicted size and diverges less at no more bytes', async () => {
        const model = dataPath('model', 'stories260K.gguf');
        const folder = tempFolder();
        const [stock, planned, types, base] = ['s.gguf', 'p.gguf', 'types', 'base'].map((name) =>
          path.join(folder, name),
        );
        if (stock === undefined || planned === undefined || types === undefined || base === undefined) return;
        runTool('llama-quantize', [model, stock, 'Q4_0', '1']);
        const { size: fileBytes } = statSync(stock);
        const made = await plan(model, { budget: { fileBytes } });
        writeFileSync(types, toTensorTypeFile(made.resolution));
        runTool('llama-quantize', ['--tensor-type-file', types, model, planned, made.resolution.fileType, '1']);
        expect(statSync(planned).size).toBe(made.size.fileBytes);
        expect(made.size.fileBytes).toBeLessThanOrEqual(fileBytes);

        writeDivergenceBase(model, dataPath('model', 'eval.txt'), 4, base);
        const [ofStock, ofPlan] = [meanDivergence(stock, base), meanDivergence(planned, base)];
        expect(ofPlan).toBeLessThan(ofStock);

        const text = renderPlan('stories260K.gguf', made, { width: 120, styles: PLAIN });
        expect(text).toContain('measured in llama.cpp');
        expect(text).toContain('most favoured');
      });
    });
  });
});
