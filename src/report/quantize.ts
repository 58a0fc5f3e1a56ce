import type { Finding } from '../checks/check.js';
import { weightCount } from '../gguf/model.js';
import { printable } from '../gguf/printable.js';
import { bitsPerWeight } from '../gguf/tensor-types.js';
import type { Engine } from '../quantizer/engine/engine.js';
import type { QuantEvaluation } from '../quantizer/evaluate/evaluate-quant.js';
import type { QuantizationPlan } from '../quantizer/planner/plan.js';
import type { ResolvedRecipe } from '../quantizer/recipes/resolved.js';
import { formatAmount, formatBits, formatBytes, formatInteger, formatSeconds } from './format.js';
import { renderPlan } from './plan.js';
import type { Page } from './styles.js';
import { renderTable } from './table.js';
import { wrapText } from './text-width.js';

/** What became of a quantization, or would become. */
export interface QuantizeReport {
  readonly source: string;
  readonly sourceBytes: number;
  readonly out: string;
  readonly status: 'planned' | 'made';
  readonly recipe: ResolvedRecipe;
  /** SHA-256 of the resolved recipe. */
  readonly recipeHash: string;
  readonly engine: { readonly kind: Engine['kind']; readonly program: string; readonly version?: string };
  /** Predicted bytes of the result; what was written has the same, or an error said so. */
  readonly bytes: number;
  readonly bpw: number;
  readonly outputs: readonly string[];
  readonly sidecar?: string | undefined;
  readonly sourceHash?: string | undefined;
  readonly findings: readonly Finding[];
  readonly notes: readonly string[];
  /** What the planner found, where a size was asked for. */
  readonly plan?: QuantizationPlan | undefined;
  /** How far it is from the source, where that was measured. */
  readonly evaluation?: QuantEvaluation | undefined;
  readonly seconds: number;
}

/** The tensors of one type in a result. */
interface TypeRow {
  readonly type: string;
  readonly tensors: number;
  readonly weights: number;
  readonly bytes: number;
}

/** The types that a recipe gives, most bits first. */
export function typeRows({ choices }: ResolvedRecipe): TypeRow[] {
  const rows = new Map<string, TypeRow>();
  for (const { tensor, type } of choices) {
    const { tensors, weights, bytes } = rows.get(type) ?? { tensors: 0, weights: 0, bytes: 0 };
    const more = Number(weightCount(tensor));
    const row = {
      type,
      tensors: tensors + 1,
      weights: weights + more,
      bytes: bytes + (more * bitsPerWeight(type)) / 8,
    };
    rows.set(type, row);
  }
  return [...rows.values()].sort((a, b) => b.bytes / b.weights - a.bytes / a.weights);
}

/** A quantization as text. */
export function renderQuantize(report: QuantizeReport, page: Page): string {
  const { styles, width } = page;
  if (report.status === 'planned' && report.plan !== undefined) return renderPlan(report.source, report.plan, page);
  const { source, out, recipe, engine, status, notes, findings } = report;
  const line = (mark: string, text: string): string =>
    wrapText(printable(text), width - 4)
      .map((part, index) => `${index === 0 ? `  ${mark} ` : '    '}${part}\n`)
      .join('');
  const what = recipe.name === recipe.fileType ? recipe.name : `${recipe.name} over ${recipe.fileType}`;
  const by = engine.version === undefined ? engine.program : `${engine.program}, ${engine.version}`;
  return [
    `${styles.heading(printable(`${source} → ${out}`))}\n`,
    line(' ', `${what}, by ${by}`),
    `\n${renderTypes(recipe, page)}\n`,
    ...findings.map((finding) => line(markOf(finding, page), `${finding.message} [${finding.rule}]`)),
    ...notes.map((note) => line(styles.warning('!'), note)),
    line(status === 'made' ? styles.good('✓') : ' ', costText(report)),
    report.evaluation === undefined ? '' : line(' ', evaluationText(report.evaluation)),
  ].join('');
}

const INDENT = '    ';

function renderTypes(recipe: ResolvedRecipe, page: Page): string {
  const rows = typeRows(recipe);
  if (rows.length === 0) return `${INDENT}no tensor that llama-quantize quantizes\n`;
  const all = rows.reduce((sum, { bytes }) => sum + bytes, 0);
  const right = (title: string) => ({ title, align: 'right' }) as const;
  const table = renderTable(
    [{ title: 'type' }, right('tensors'), right('weights'), right('size'), right('share')],
    rows.map(({ type, tensors, weights, bytes }) => [
      type,
      formatInteger(tensors),
      formatInteger(weights),
      formatBytes(Math.round(bytes)),
      `${((100 * bytes) / all).toFixed(1)} %`,
    ]),
    { ...page, width: page.width - INDENT.length },
  );
  return table.replace(/^(?=.)/gm, INDENT);
}

function markOf({ severity }: Finding, { styles }: Page): string {
  return severity === 'error' ? styles.error('✗') : styles.warning('!');
}

function costText({ status, bytes, bpw, sourceBytes, seconds, sidecar, outputs }: QuantizeReport): string {
  const size = `${formatBytes(bytes)} (${formatInteger(bytes)} bytes)`;
  const measures = `${formatBits(bpw)} bpw, ${((100 * bytes) / sourceBytes).toFixed(1)} % of the model`;
  if (status === 'planned') return `would be ${size}, ${measures}`;
  const files = outputs.length > 1 ? ` in ${formatAmount(outputs.length, 'file')}` : '';
  const recipe = sidecar === undefined ? '' : `; recipe in ${sidecar}`;
  return `wrote ${size}${files} in ${formatSeconds(seconds)}, ${measures}${recipe}`;
}

function evaluationText({ meanKld, kld999, sameTop, perplexityRatio, tokens }: QuantEvaluation): string {
  const worst = kld999 === undefined ? '' : `, 99.9 % below ${kld999.toFixed(4)}`;
  return `mean KL divergence ${meanKld.value.toFixed(6)} ± ${meanKld.error.toFixed(6)} nats${worst}; same top token ${sameTop.value.toFixed(2)} %; perplexity × ${perplexityRatio.value.toFixed(4)}; over ${formatAmount(tokens, 'token')}`;
}
