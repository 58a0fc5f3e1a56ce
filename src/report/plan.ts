import { printable } from '../gguf/printable.js';
import { bitsPerWeight } from '../gguf/tensor-types.js';
import { extremes } from '../quantizer/planner/describe-plan.js';
import type { PlannedTensor, QuantizationPlan } from '../quantizer/planner/plan.js';
import { tensorRole } from '../quantizer/recipes/tensor-class.js';
import { formatBits, formatBytes, formatInteger } from './format.js';
import { layerRanges } from './layer-ranges.js';
import type { Page } from './styles.js';
import { renderTable } from './table.js';

const right = (title: string) => ({ title, align: 'right' }) as const;

/** A plan for people: what it comes to, its types by class and layers, and the tensors at both ends. */
export function renderPlan(source: string, plan: QuantizationPlan, page: Page): string {
  const heading = page.styles.heading(`${printable(plan.resolution.name)} for ${printable(source)}`);
  const notes = plan.warnings.map((warning) => `${page.styles.warning('!')} ${printable(warning)}\n`);
  return [`${heading}\n`, factTable(plan, page), classTable(plan, page), favourTable(plan, page), ...notes].join('\n');
}

function factTable({ size, budgetBytes, divergence, sensitivity, resolution }: QuantizationPlan, page: Page): string {
  const isMeasured = sensitivity === 'measured';
  const facts = [
    [
      'size',
      `${formatBytes(size.fileBytes)} (${formatInteger(size.fileBytes)} of ${formatInteger(budgetBytes)} bytes)`,
    ],
    ['bits/weight', formatBits(size.bpw)],
    ['base', resolution.fileType],
    ['sensitivity', isMeasured ? 'measured in llama.cpp' : 'expected of class and depth'],
    [
      'divergence',
      `${divergence.toPrecision(3)}${isMeasured ? ' nats a token, predicted' : ' (a figure to compare plans by)'}`,
    ],
  ];
  const rows = facts.map(([label = '', value = '']) => [page.styles.faint(label), value]);
  return renderTable([{ title: '' }, { title: '' }], rows, page);
}

/** A row for each type of each class, in the order of the file. */
function classTable({ tensors, divergence }: QuantizationPlan, page: Page): string {
  const groups = new Map<string, PlannedTensor[]>();
  for (const tensor of tensors) {
    const key = `${tensorRole(tensor.name).class} ${tensor.type}`;
    groups.set(key, [...(groups.get(key) ?? []), tensor]);
  }
  const rows = [...groups.values()].map((group) => {
    const [first] = group;
    const layers = group.map(({ name }) => tensorRole(name).layer).filter((layer) => layer !== undefined);
    const cost = sum(group, costOf);
    return [
      first === undefined ? '' : tensorRole(first.name).class,
      first?.type ?? '',
      layerRanges(layers),
      formatBytes(sum(group, ({ bytes }) => bytes)),
      divergence === 0 ? '' : `${((100 * cost) / divergence).toFixed(1)} %`,
    ];
  });
  const columns = [{ title: 'tensors' }, { title: 'type' }, { title: 'layers' }, right('size'), right('divergence')];
  return renderTable(columns, rows, page);
}

function favourTable({ tensors }: QuantizationPlan, page: Page): string {
  const { most, least } = extremes(tensors);
  const rowsOf = (title: string, group: readonly PlannedTensor[]): string[][] =>
    group.map(({ name, type, sensitivity, error }, index) => [
      index === 0 ? title : '',
      printable(name),
      type,
      formatBits(bitsPerWeight(type)),
      sensitivity.toPrecision(2),
      error.toPrecision(2),
    ]);
  const columns = [
    { title: '' },
    { title: 'tensor' },
    { title: 'type' },
    right('bits'),
    right('sensitivity'),
    right('error'),
  ];
  return renderTable(columns, [...rowsOf('most favoured', most), ...rowsOf('least', least)], page);
}

function costOf({ sensitivity, error }: PlannedTensor): number {
  return sensitivity * error;
}

function sum(tensors: readonly PlannedTensor[], pick: (tensor: PlannedTensor) => number): number {
  return tensors.reduce((total, tensor) => total + pick(tensor), 0);
}
