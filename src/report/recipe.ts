import { tensorBytes } from '../gguf/layout.js';
import { printable } from '../gguf/printable.js';
import type { PredictedSize } from '../quantizer/recipes/predict.js';
import type { FittedResolution } from '../quantizer/recipes/resolve-fitted.js';
import type { TensorChoice } from '../quantizer/recipes/resolved.js';
import type { Recipe } from '../quantizer/recipes/schema.js';
import { TENSOR_CLASSES, type TensorClass, tensorRole } from '../quantizer/recipes/tensor-class.js';
import { formatAmount, formatBits, formatBytes, formatInteger } from './format.js';
import { layerRanges } from './layer-ranges.js';
import type { Page } from './styles.js';
import { renderTable } from './table.js';
import { wrapText } from './text-width.js';
import { renderWrappedTable } from './wrapped-table.js';

/** One recipe of a list, and what it comes to where a model is given. */
export interface ListedRecipe {
  readonly recipe: Recipe;
  readonly needsImatrix: boolean;
  readonly size?: PredictedSize;
}

/** A resolved recipe and the file that it makes. */
export interface ResolvedReport {
  readonly source: string;
  readonly resolution: FittedResolution;
  readonly needsImatrix: boolean;
  readonly size: PredictedSize;
}

const right = (title: string) => ({ title, align: 'right' }) as const;

/** Recipes, one a line; with sizes in place of descriptions where they are known. */
export function renderRecipes(list: readonly ListedRecipe[], page: Page): string {
  const columns = [{ title: 'recipe' }, { title: 'base' }, { title: 'imatrix' }] as const;
  const start = ({ recipe, needsImatrix }: ListedRecipe): string[] => [
    recipe.name,
    recipe.fileType,
    needsImatrix ? 'needed' : 'optional',
  ];
  if (list.some(({ size }) => size === undefined)) {
    const rows = list.map((each) => [...start(each), each.recipe.description ?? '']);
    return renderWrappedTable([...columns, { title: 'is', fills: true }], rows, page);
  }
  const rows = list.map((each) => {
    const { fileBytes = 0, bpw } = each.size ?? {};
    return [...start(each), formatBytes(fileBytes), formatInteger(fileBytes), formatBits(bpw)];
  });
  return renderTable([...columns, right('size'), right('bytes'), right('bits/weight')], rows, page);
}

/** What a recipe comes to: its size, its types by kind and layers, and what is odd about it. */
export function renderResolution(report: ResolvedReport, options: { readonly tensors: boolean }, page: Page): string {
  const { source, resolution, needsImatrix, size } = report;
  const { name, fileType, choices } = resolution;
  const faint = page.styles.faint;
  const facts = [
    ['base', fileType],
    ['imatrix', needsImatrix ? 'needed' : 'optional'],
    ['size', `${formatBytes(size.fileBytes)} (${formatInteger(size.fileBytes)} bytes)`],
    ['bits/weight', formatBits(size.bpw)],
  ];
  const heading = page.styles.heading(`${printable(name)} for ${printable(source)}`);
  const table = renderTable(
    [{ title: '' }, { title: '' }],
    facts.map(([label = '', value = '']) => [faint(label), value]),
    page,
  );
  const types = options.tensors ? tensorTable(choices, page) : kindTable(choices, page);
  return [`${heading}\n`, table, types, oddities(resolution, page)].filter((text) => text !== '').join('\n');
}

interface Row {
  readonly kind: TensorClass;
  readonly type: string;
  readonly layers: number[];
  readonly whys: Set<string>;
  bytes: bigint;
}

/** A row for each type of each kind; types of one kind in the order of their layers. */
function kindTable(choices: readonly TensorChoice[], page: Page): string {
  const rows = new Map<string, Row>();
  for (const { tensor, type, why } of choices) {
    const { class: kind, layer } = tensorRole(tensor.name);
    const key = `${kind} ${type}`;
    const row = rows.get(key) ?? { kind, type, layers: [], whys: new Set(), bytes: 0n };
    if (layer !== undefined) row.layers.push(layer);
    row.whys.add(why);
    row.bytes += tensorBytes(type, tensor.dims) ?? 0n;
    rows.set(key, row);
  }
  const columns = [
    { title: 'tensors' },
    { title: 'type' },
    { title: 'layers', max: MAX_LAYERS_WIDTH },
    right('size'),
    { title: 'why', fills: true },
  ] as const;
  const inOrder = [...rows.values()].sort((a, b) => TENSOR_CLASSES.indexOf(a.kind) - TENSOR_CLASSES.indexOf(b.kind));
  const cells = inOrder.map(({ kind, type, layers, bytes, whys }) => {
    return [kind, type, layerRanges(layers), formatBytes(bytes), whyText(whys)];
  });
  return renderWrappedTable(columns, cells, page);
}

const MAX_LAYERS_WIDTH = 16;

/** A clone gives each tensor a reason of its own. */
function whyText(whys: ReadonlySet<string>): string {
  const [first = ''] = whys;
  return printable(whys.size === 1 ? first : `${first} (and ${formatAmount(whys.size - 1, 'other reason')})`);
}

function tensorTable(choices: readonly TensorChoice[], page: Page): string {
  const rows = choices.map(({ tensor, type, why }) => [printable(tensor.name), type, printable(why)]);
  return renderTable([{ title: 'tensor' }, { title: 'type' }, { title: 'why', fills: true }], rows, page);
}

function oddities({ warnings, unmapped, unused }: FittedResolution, page: Page): string {
  const notes = [
    ...warnings,
    ...(unmapped.length === 0 ? [] : [`the clone says nothing of ${unmapped.join(', ')}`]),
    ...(unused.length === 0 ? [] : [`the model has nothing like ${unused.join(', ')}`]),
  ];
  const lines = notes.flatMap((note) => {
    return wrapText(printable(note), page.width - 2).map(
      (line, i) => `${i === 0 ? page.styles.warning('!') : ' '} ${line}\n`,
    );
  });
  return lines.join('');
}
