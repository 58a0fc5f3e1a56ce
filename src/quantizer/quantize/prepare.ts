import type { Edit } from '../../edit/edits.js';
import type { Header, MetadataEntry } from '../../gguf/model.js';
import { DEFAULT_ALIGNMENT } from '../../limits.js';
import type { KeyOverride } from '../engine/engine-arguments.js';
import { imatrixKeys } from '../recipes/imatrix-keys.js';
import { predictSize } from '../recipes/predict.js';
import type { ResolvedRecipe } from '../recipes/resolved.js';
import type { KeyValue } from '../recipes/written-header.js';
import { metadataRepairs, repairedMetadata, repairOverrides } from './metadata-repairs.js';
import type { Model, ModelFile } from './open-model.js';
import { predictShards } from './predict-shards.js';
import { provenanceKeys, provenanceRoom, quantizedBy } from './provenance.js';
import type { ImatrixUse } from './use-imatrix.js';

/** Everything that the result gets in its metadata, and how large it becomes. */
export interface Preparation {
  /** What makes it: `ggufix 0.1.0`. */
  readonly quantizedBy: string;
  /** Keys that the engine is told to set. */
  readonly keys: readonly KeyOverride[];
  /** Bytes of each file as the engine writes it. */
  readonly written: readonly number[];
  /** Bytes of all files at last, when the metadata is repaired. */
  readonly bytes: number;
  /** Bits a weight, over all tensors. */
  readonly bpw: number;
}

/** What a result depends on besides the model and its types. */
export interface PrepareOptions {
  /** Version of ggufix. */
  readonly version: string;
  readonly imatrix?: ImatrixUse | undefined;
  /** Write as many shards as the model has. */
  readonly keepSplit?: boolean;
  /** Changes of the metadata that the result gets besides its repairs. What they say of a key counts more than what the quantization says. */
  readonly edits?: readonly Edit[];
}

type PreparedModel = Pick<Model, 'header'> & { readonly files: readonly Pick<ModelFile, 'header'>[] };

/** Decides the keys of the result and predicts its size to the byte, from headers alone. Pure. */
export function prepare(
  { files, header }: PreparedModel,
  recipe: ResolvedRecipe,
  { version, imatrix, keepSplit = false, edits = [] }: PrepareOptions,
): Preparation {
  // Repairs are those of the file that holds the metadata: tensors of other shards lie outside of it.
  const { header: first } = files[0] ?? { header };
  const repairs = metadataRepairs(first);
  const keys = [...provenanceKeys(recipe, version), ...alignmentKeys(header), ...repairOverrides(first, repairs)];
  const options = { keys: writtenKeys(keys, imatrix) };
  const shards = keepSplit ? files.map((file) => file.header.tensors) : [header.tensors];
  const written = predictShards(header, shards, recipe, options);
  const metadata = repairedMetadata(first, [...repairs, ...edits]);
  const finished = predictShards({ ...header, metadata }, shards, recipe, { keys: without(options.keys, edits) });
  const bytes = finished.reduce((sum, each) => sum + each, 0);
  return { quantizedBy: quantizedBy(version), keys, written, bytes, bpw: predictSize(header, recipe, options).bpw };
}

/** What an edit says of a key counts more than what the quantization says. */
function without(keys: readonly KeyValue[], edits: readonly Edit[]): readonly KeyValue[] {
  const edited = edits.map((edit) => ('key' in edit ? edit.key : undefined));
  return keys.filter(({ key }) => !edited.includes(key));
}

/** The metadata of a result whose recipe is still to be planned, and the keys added to it: a planner must leave room for them. */
export function metadataToPlanFor(
  { files, header }: PreparedModel,
  name: string,
  {
    version,
    imatrix,
    edits = [],
  }: Pick<PrepareOptions, 'version' | 'edits'> & {
    readonly imatrix?: Pick<ImatrixUse, 'path' | 'imatrix'> | undefined;
  },
): { readonly metadata: readonly MetadataEntry[]; readonly keys: readonly KeyValue[] } {
  const { header: first } = files[0] ?? { header };
  return {
    metadata: repairedMetadata(first, [...metadataRepairs(first), ...edits]),
    keys: without(writtenKeys([...provenanceRoom(name, version), ...alignmentKeys(header)], imatrix), edits),
  };
}

/** llama-quantize aligns tensors to 32 whatever the model says, and copies what it says: a result that no reader understands. */
function alignmentKeys({ alignment }: Header): KeyOverride[] {
  if (alignment === DEFAULT_ALIGNMENT) return [];
  return [{ key: 'general.alignment', type: 'int', value: String(DEFAULT_ALIGNMENT) }];
}

function writtenKeys(
  keys: readonly KeyOverride[],
  imatrix: Pick<ImatrixUse, 'path' | 'imatrix'> | undefined,
): readonly KeyValue[] {
  return [...keys.map(asKeyValue), ...(imatrix === undefined ? [] : imatrixKeys(noteOf(imatrix)))];
}

function noteOf({ path, imatrix }: Pick<ImatrixUse, 'path' | 'imatrix'>) {
  return {
    file: path.replace(/^.*[/\\]/, ''),
    dataset: imatrix.datasets[0],
    entries: imatrix.entries.size,
    chunks: imatrix.chunkCount,
  };
}

/** Strings and whole numbers are set, the latter as llama-quantize writes them. */
function asKeyValue({ key, type, value }: KeyOverride): KeyValue {
  return { key, value: type === 'int' ? { type: 'uint32', value: Number(value) } : { type: 'string', value } };
}
