/**
 * Makes the table of docs/dynamic.md: stock file types of llama-quantize, our presets and our plans of the same size, with
 * the KL divergence of each from the model that they were made of.
 *
 *     npm run build && GGUFIX_DATA=… node docs/measure-dynamic.js [--chunks N] [--only Q4_K_M,Q6_K] [--model stories260K]
 *
 * Needs llama-quantize and llama-perplexity on PATH. The whole text takes some three hours on a core. The last lines of
 * stdout are the table; what is measured already is kept in the folder `--work` and not measured again.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readHeader } from '../dist/gguf/parse.js';
import { readImatrix } from '../dist/quantizer/imatrix/imatrix.js';
import { planQuantization } from '../dist/quantizer/planner/plan-quantization.js';
import { findRecipe } from '../dist/quantizer/recipes/find-recipe.js';
import { imatrixKeys } from '../dist/quantizer/recipes/imatrix-keys.js';
import { recipeText } from '../dist/quantizer/recipes/recipe-text.js';
import { resolveRecipe } from '../dist/quantizer/recipes/resolve.js';
import { toTensorTypeFile } from '../dist/quantizer/recipes/tensor-type-file.js';
import { openFile } from '../dist/sources/file.js';

/** Stock types, and the preset that people would take in place of each. */
const SIZES = {
  Q2_K: 'UD-Q2_K_XL',
  Q3_K_M: 'UD-Q3_K_XL',
  IQ4_XS: undefined,
  Q4_K_M: 'UD-Q4_K_XL',
  Q5_K_M: 'UD-Q5_K_XL',
  Q6_K: 'UD-Q6_K_XL',
};

const { values: flags } = parseArgs({
  options: {
    chunks: { type: 'string' },
    only: { type: 'string', default: Object.keys(SIZES).join(',') },
    work: { type: 'string', default: '.dynamic' },
    model: { type: 'string' },
    imatrix: { type: 'string' },
    text: { type: 'string' },
  },
});

const data = path.join(process.env.GGUFIX_DATA ?? '', 'model');
const model = flags.model ?? path.join(data, 'tiny-gemma3n-BF16.gguf');
const imatrix = flags.imatrix ?? path.join(data, 'tiny-gemma3n.imatrix.gguf');
const text = flags.text ?? path.join(data, 'eval.txt');
const chunks = flags.chunks === undefined ? [] : ['--chunks', flags.chunks];
const work = path.resolve(flags.work, `${path.basename(model)}-${flags.chunks ?? 'all'}`);

mkdirSync(work, { recursive: true });
const base = path.join(work, 'base.kld');
if (!existsSync(base)) {
  run('llama-perplexity', ['-m', model, '-f', text, '-c', '512', '-t', '1', ...chunks, '--kl-divergence-base', base]);
}

const ATTEMPTS = 10;
const rows = [];
for (const type of flags.only.split(',')) {
  const stock = await measured(`stock ${type}`, (out) => quantize(out, type, undefined));
  rows.push({ size: type, what: 'stock', ...stock });
  const preset = SIZES[type];
  if (preset !== undefined) {
    const recipe = await resolvePreset(preset);
    rows.push({
      size: type,
      what: preset,
      ...(await measured(preset, (out) => quantize(out, recipe.fileType, recipe))),
    });
  }
  for (const sensitivity of ['expected', 'measured']) {
    const result = await measured(`plan ${sensitivity} ${type}`, async (out) => {
      const plan = await planFor(stock.bytes, sensitivity);
      writeFileSync(`${out}.yaml`, recipeText(plan.recipe, 'yaml'));
      quantize(out, plan.resolution.fileType, plan.resolution);
      if (statSync(out).size !== plan.size.fileBytes) throw new Error(`${out}: not ${plan.size.fileBytes} bytes`);
    });
    if (result.bytes > stock.bytes) throw new Error(`plan for ${type} is larger than stock`);
    rows.push({ size: type, what: `plan, ${sensitivity}`, change: result.mean / stock.mean - 1, ...result });
  }
}
console.log(tableOf(rows));

/** Size and divergence of what `make` writes, measured once. */
async function measured(name, make) {
  const out = path.join(work, `${name.replaceAll(' ', '-')}.gguf`);
  const kept = `${out}.json`;
  if (!existsSync(kept)) {
    await make(out);
    writeFileSync(kept, JSON.stringify({ bytes: statSync(out).size, ...divergenceOf(out) }));
  }
  const result = JSON.parse(readFileSync(kept, 'utf8'));
  console.error(name, JSON.stringify(result));
  return result;
}

async function planFor(fileBytes, sensitivity) {
  const { datasets, entries, chunkCount } = await withFile(imatrix, readImatrix);
  const keys = imatrixKeys({ file: imatrix, dataset: datasets[0], entries: entries.size, chunks: chunkCount });
  const cacheFolder = path.join(work, 'measurements');
  return await planQuantization(model, { budget: { fileBytes }, imatrix, sensitivity, keys, cacheFolder, threads: 1 });
}

async function resolvePreset(name) {
  return resolveRecipe(await findRecipe(name), await withFile(model, (source) => readHeader(source)), {
    imatrix: true,
  });
}

async function withFile(file, read) {
  const source = await openFile(file);
  try {
    return await read(source);
  } finally {
    await source[Symbol.asyncDispose]();
  }
}

function quantize(out, fileType, recipe) {
  const types = `${out}.types`;
  if (recipe !== undefined) writeFileSync(types, toTensorTypeFile(recipe));
  const overrides = recipe === undefined ? [] : ['--tensor-type-file', types];
  run('llama-quantize', ['--imatrix', imatrix, ...overrides, model, out, fileType, '1']);
}

/** llama-perplexity logs asynchronously; on a busy machine it often ends before all of its summary is out. */
function divergenceOf(file) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const out = run('llama-perplexity', [
      ...['-m', file, '-t', '1', ...chunks, '--kl-divergence-base', base, '--kl-divergence'],
    ]);
    const number = (pattern) => Number(pattern.exec(out)?.[1] ?? Number.NaN);
    const mean = number(/^Mean\s+KLD:\s+(\S+)/m);
    const [tail, same] = [number(/^99\.9%\s+KLD:\s+(\S+)/m), number(/^Same top p:\s+(\S+)/m)];
    if (![mean, tail, same].some(Number.isNaN)) return { mean, tail, same };
  }
  throw new Error(`llama-perplexity says nothing of ${file}`);
}

function run(program, args) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stdout}${stderr}`.slice(-2000));
  return stdout;
}

function tableOf(all) {
  const head = ['size of', 'made by', 'bytes', 'mean KLD', 'change', '99.9 % KLD', 'same top token'];
  const lines = all.map(({ size, what, bytes, mean, change, tail, same }) => {
    const percent = change === undefined ? '' : `${change > 0 ? '+' : '−'}${Math.abs(change * 100).toFixed(1)} %`;
    return [
      size,
      what,
      bytes.toLocaleString('en-US'),
      mean.toFixed(6),
      percent,
      tail.toFixed(4),
      `${same.toFixed(2)} %`,
    ];
  });
  const rule = head.map((_, column) => (column < 2 ? '---' : '--:'));
  return [head, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
