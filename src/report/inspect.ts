import type { Header, MetadataEntry, TensorInfo } from '../gguf/model.js';
import { nameFilter } from '../gguf/name-filter.js';
import { printable } from '../gguf/printable.js';
import { tensorTypeLabel } from '../gguf/tensor-types.js';
import { type ModelFacts, modelFacts } from './facts.js';
import { formatAmount, formatBits, formatBytes, formatCount, formatInteger } from './format.js';
import { type ImatrixReport, imatrixSections } from './imatrix.js';
import type { Page } from './styles.js';
import { renderTable } from './table.js';
import { wrapText } from './text-width.js';
import { shortValueText, typeText, wholeValueLines } from './value-text.js';

/** One inspected file. */
export interface InspectReport {
  readonly source: string;
  readonly header: Header;
  /** What a reader should notice, one sentence each. */
  readonly standsOut: readonly string[];
  /** What the tensor types are, to be shown below their table. */
  readonly descriptions?: ReadonlyMap<string, string>;
  /** What the file holds as an importance matrix, if it is one. */
  readonly imatrix?: ImatrixReport | undefined;
}

/** What `inspect` shows of a file. */
export interface InspectTextOptions {
  /** Patterns of keys: only these are shown, and no summary. None means summary and all keys. */
  readonly keys: readonly string[];
  /** Whether the tensors are listed. */
  readonly tensors: boolean;
  /** Whether values are shown whole. */
  readonly full: boolean;
  /** Whether counts have all their digits. */
  readonly verbose: boolean;
}

/** The report as text for a terminal. */
export function renderInspect(report: InspectReport, options: InspectTextOptions, page: Page): string {
  const { source, header, standsOut } = report;
  const wide = options.full ? { ...page, width: Number.POSITIVE_INFINITY } : page;
  const summary = () => {
    const facts = modelFacts(header);
    return [
      glance(header, facts, options.verbose, wide),
      noticed(standsOut, options.full, page),
      ...(report.imatrix === undefined ? [] : imatrixSections(report.imatrix, wide)),
      typeMix(facts, page, report.descriptions),
    ];
  };
  const sections = [
    ...(options.keys.length === 0 ? summary() : []),
    options.full ? wholeMetadata(header, options.keys, page) : metadata(header, options.keys, page),
    ...(options.tensors ? [tensors(header.tensors, wide)] : []),
  ];
  return [`${page.styles.heading(printable(source))}\n`, ...sections.filter((text) => text !== '')].join('\n');
}

function glance(header: Header, facts: ModelFacts, verbose: boolean, page: Page): string {
  const { kind, parameters, types } = facts;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['architecture', facts.architecture],
    ['kind', kind === 'model' ? undefined : kind],
    ['name', facts.name],
    ['parameters', parameters === 0n ? undefined : parametersText(facts, verbose)],
    ['file type', fileTypeText(facts)],
    ['size', sizeText(header, facts)],
    ['layers', facts.layers],
    ['context', numberText(facts.contextLength, 'token')],
    ['vocabulary', vocabularyText(facts)],
    ['chat template', chatTemplateText(facts)],
    ['quantized by', facts.quantizedBy],
    ['imatrix', facts.imatrix],
    ['shard', facts.shard && `${facts.shard.number} of ${facts.shard.count}`],
    ['container', containerText(header, types.length > 0)],
  ];
  const stated = rows.flatMap(([label, value]) => (value === undefined ? [] : [[page.styles.faint(label), value]]));
  return renderTable([{ title: '' }, { title: '', fills: true }], stated, page);
}

function parametersText({ parameters, sizeLabel }: ModelFacts, verbose: boolean): string {
  const count = verbose ? `${formatInteger(parameters)} (${formatCount(parameters)})` : formatCount(parameters);
  return sizeLabel === undefined ? count : `${count}, labelled ${sizeLabel}`;
}

function fileTypeText({ fileType, types }: ModelFacts): string | undefined {
  const [largest] = types;
  if (fileType !== undefined) return fileType;
  return largest === undefined ? undefined : `not stated, mostly ${largest.type}`;
}

function sizeText({ fileSize }: Header, { bitsPerWeight }: ModelFacts): string {
  const bits = bitsPerWeight === undefined ? '' : `, ${formatBits(bitsPerWeight)} bits per weight`;
  return `${formatBytes(fileSize)}${bits}`;
}

function vocabularyText({ vocabularySize, tokenizer }: ModelFacts): string | undefined {
  if (vocabularySize === undefined) return tokenizer;
  const kind = tokenizer === undefined ? '' : ` (${tokenizer})`;
  return `${formatAmount(vocabularySize, 'token')}${kind}`;
}

function chatTemplateText({ chatTemplateLength, vocabularySize }: ModelFacts): string | undefined {
  if (chatTemplateLength !== undefined) return `yes, ${formatAmount(chatTemplateLength, 'character')}`;
  return vocabularySize === undefined ? undefined : 'none';
}

function containerText({ version, metadata: entries, tensors: infos, alignment }: Header, hasTensors: boolean): string {
  const aligned = hasTensors ? `, aligned to ${alignment} bytes` : '';
  return `GGUF ${version}, ${formatAmount(entries.length, 'key')}, ${formatAmount(infos.length, 'tensor')}${aligned}`;
}

function numberText(text: string | undefined, thing: string): string | undefined {
  return text !== undefined && /^\d+$/.test(text) ? formatAmount(BigInt(text), thing) : text;
}

/** More than this many sentences hide each other. */
const MAX_NOTICED = 10;

function noticed(sentences: readonly string[], full: boolean, { width, styles }: Page): string {
  if (sentences.length === 0) return `${styles.good('Nothing stands out.')}\n`;
  const shown = full ? sentences : sentences.slice(0, MAX_NOTICED);
  const rest = sentences.length - shown.length;
  const lines = shown.flatMap((sentence) =>
    wrapText(sentence, width - 2).map((line, i) => `${i === 0 ? styles.warning('!') : ' '} ${line}`),
  );
  const more = rest === 0 ? [] : [`  and ${rest} more, --full shows them`];
  return section('What stands out', [...lines, ...more], styles);
}

function typeMix({ types, tensorBytes }: ModelFacts, page: Page, descriptions?: ReadonlyMap<string, string>): string {
  if (types.length === 0) return '';
  const rows = types.map(({ type, tensors: count, bytes, bitsPerWeight }) => [
    type,
    formatInteger(count),
    formatBytes(bytes),
    `${((100 * Number(bytes)) / Math.max(1, Number(tensorBytes))).toFixed(1)} %`,
    formatBits(bitsPerWeight),
  ]);
  const right = (title: string) => ({ title, align: 'right' }) as const;
  const columns = [{ title: 'type' }, right('tensors'), right('size'), right('share'), right('bits/weight')];
  return `${page.styles.heading('Tensor types')}\n${renderTable(columns, rows, page)}${described(descriptions, page)}`;
}

function described(descriptions: ReadonlyMap<string, string> | undefined, page: Page): string {
  if (descriptions === undefined) return '';
  const indent = ' '.repeat(10);
  const texts = [...descriptions].map(([type, text]) => {
    const lines = wrapText(text, page.width - indent.length).join(`\n${indent}`);
    return `${type.padEnd(indent.length)}${lines}\n`;
  });
  return `\n${texts.join('')}`;
}

/** What the key column leaves to gaps, types and values of a narrow page. */
const VALUE_WIDTH = 38;

function metadata(header: Header, keys: readonly string[], page: Page): string {
  const entries = matching(header, keys);
  const rows = entries.map((entry) => [printable(entry.key), typeText(entry), shortValueText(entry, page.width)]);
  const columns = [
    { title: 'key', max: Math.max(0, page.width - VALUE_WIDTH) },
    { title: 'type' },
    { title: 'value', fills: true },
  ] as const;
  if (rows.length === 0) return noKeys(keys);
  return `${page.styles.heading('Metadata')}\n${renderTable(columns, rows, page)}`;
}

function wholeMetadata(header: Header, keys: readonly string[], { styles }: Page): string {
  const entries = matching(header, keys);
  if (entries.length === 0) return noKeys(keys);
  const lines = entries.flatMap((entry) => {
    const [first = '', ...more] = wholeValueLines(entry);
    const title = `${printable(entry.key)}${styles.faint(`: ${typeText(entry)} =`)}`;
    const isOneLine = more.length === 0 && entry.type !== 'array';
    return isOneLine ? [`${title} ${first}`] : [title, ...[first, ...more].map((line) => `  ${line}`)];
  });
  return section('Metadata', lines, styles);
}

function matching({ metadata: entries }: Header, keys: readonly string[]): readonly MetadataEntry[] {
  const isWanted = nameFilter(keys);
  return entries.filter(({ key }) => isWanted(key));
}

function noKeys(keys: readonly string[]): string {
  return keys.length === 0 ? '' : `no key matches ${keys.map(printable).join(' or ')}\n`;
}

/** Names of real models have up to 40 characters; the column gives way before shape and offset do. */
function tensors(infos: readonly TensorInfo[], page: Page): string {
  const rows = infos.map(({ name, typeId, dims, bytes, dataOffset }) => [
    printable(name),
    tensorTypeLabel(typeId),
    dims.join('×'),
    bytes === undefined ? '?' : formatBytes(bytes),
    `${dataOffset}`,
  ]);
  const columns = [
    { title: 'tensor', fills: true },
    { title: 'type' },
    { title: 'shape' },
    { title: 'size', align: 'right' },
    { title: 'offset', align: 'right' },
  ] as const;
  return `${page.styles.heading('Tensors')}\n${renderTable(columns, rows, page)}`;
}

function section(title: string, lines: readonly string[], { heading }: Page['styles']): string {
  return `${heading(title)}\n${lines.map((line) => `${line}\n`).join('')}`;
}
