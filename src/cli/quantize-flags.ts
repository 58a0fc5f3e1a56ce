import path from 'node:path';
import { parseSize } from '../config/size.js';
import { badOption } from '../errors.js';
import type { EngineSearch } from '../quantizer/engine/find-engine.js';
import type { SensitivityMode } from '../quantizer/planner/options.js';
import type { TensorPin, WantedQuant } from '../quantizer/quantize/decide.js';
import { parseTargetType, TARGET_TYPES } from '../quantizer/recipes/target-types.js';
import type { FlagReader } from './flag-reader.js';
import { readFlags, type SharedFlags } from './flags.js';
import { readTypesFrom } from './types-from.js';

/** The flags of `ggufix quantize`. */
export interface QuantizeFlags extends SharedFlags {
  readonly from: WantedQuant;
  readonly pins: readonly TensorPin[];
  readonly imatrix: string | undefined;
  /** The engine that is wanted, and the flag that named it. */
  readonly engine: Pick<EngineSearch, 'wanted' | 'flag'>;
  readonly dryRun: boolean;
  readonly force: boolean;
  readonly allowRequantize: boolean;
  readonly keepSplit: boolean;
  readonly sidecar: boolean;
  readonly evaluate: boolean;
  readonly text: string | undefined;
  readonly chunks: number | undefined;
  readonly maxBufferMiB: number | undefined;
  /** For `--target-size` and `--target-bpw`. */
  readonly planning: PlanningFlags;
}

/** How a plan is made. */
export interface PlanningFlags {
  readonly sensitivity: SensitivityMode;
  readonly sensitivityFile: string | undefined;
  readonly text: string | undefined;
  readonly seed: number | undefined;
  readonly cacheFolder: string | undefined;
}

const SENSITIVITY_MODES: readonly SensitivityMode[] = ['auto', 'expected', 'measured'];

/** Reads them. Throws `bad-option`. */
export function readQuantizeFlags(given: unknown): QuantizeFlags {
  const raw = readFlags(given, (reader) => ({
    named: readTypesFrom(reader),
    targetSize: reader.text('targetSize'),
    targetBpw: reader.positive('targetBpw'),
    pins: reader.list('tensor').map(parsePin),
    imatrix: reader.text('imatrix'),
    engine: readEngine(reader),
    dryRun: reader.isSet('dryRun'),
    force: reader.isSet('force'),
    allowRequantize: reader.isSet('allowRequantize'),
    keepSplit: reader.isSet('keepSplit'),
    asIs: reader.isSet('asIs'),
    // commander turns --no-sidecar into false.
    sidecar: reader.isSet('sidecar'),
    evaluate: reader.isSet('evaluate'),
    text: reader.text('text'),
    chunks: reader.integer('chunks', 1, 1_000_000),
    maxBufferMiB: reader.integer('maxBufferSize', 1, 1_000_000_000),
    planning: {
      sensitivity: reader.choice('sensitivity', SENSITIVITY_MODES) ?? 'auto',
      sensitivityFile: reader.text('sensitivityFile'),
      text: reader.text('sensitivityText'),
      seed: reader.integer('seed', 0, 2 ** 32 - 1),
      cacheFolder: reader.text('cache'),
    },
  }));
  const { named, targetSize, targetBpw, asIs, ...flags } = raw;
  const from = theOne([
    ...named,
    ...(targetSize === undefined ? [] : [{ kind: 'size', bytes: sizeOf(targetSize) } as const]),
    ...(targetBpw === undefined ? [] : [{ kind: 'bpw', bpw: targetBpw } as const]),
  ]);
  if (asIs && from.kind !== 'type') throw badOption('--as-is is for --type');
  const read = { ...flags, from };
  refuseIdle(read);
  return read;
}

/** Throws `bad-option` for flags that would be without effect: something else was meant. */
function refuseIdle({ from, evaluate, text, chunks, planning }: Omit<QuantizeFlags, keyof SharedFlags>): void {
  const { sensitivity, ...others } = planning;
  const isPlanned = from.kind === 'size' || from.kind === 'bpw';
  const isPlanning = sensitivity !== 'auto' || Object.values(others).some((value) => value !== undefined);
  if (evaluate !== (text !== undefined)) throw badOption('--evaluate and --text FILE belong together');
  if (chunks !== undefined && !evaluate) throw badOption('--chunks is for --evaluate');
  if (isPlanning && !isPlanned) {
    throw badOption('--sensitivity, --seed and --cache are for --target-size and --target-bpw');
  }
}

function readEngine(reader: FlagReader): QuantizeFlags['engine'] {
  const [engine, program] = [reader.text('engine'), reader.text('llamaQuantize')];
  if (program === undefined) return { wanted: engine ?? 'auto' };
  if (engine !== undefined) throw badOption('--engine and --llama-quantize both name the engine: give one of them');
  // Always a path, also where it reads like a word of --engine.
  return { wanted: path.resolve(program), flag: '--llama-quantize' };
}

function theOne([first, second]: readonly WantedQuant[]): WantedQuant {
  if (first !== undefined && second === undefined) return first;
  throw badOption('say how to choose the types, with one of --type, --recipe, --like, --target-size and --target-bpw');
}

function sizeOf(text: string): number {
  const bytes = parseSize(text);
  if (bytes === undefined) throw badOption(`--target-size is '${text}', expected a size such as 4.2GiB or 3500MB`);
  return bytes;
}

function parsePin(text: string): TensorPin {
  const at = text.lastIndexOf('=');
  const type = parseTargetType(text.slice(at + 1));
  if (at > 0 && type !== undefined) return { pattern: text.slice(0, at), type };
  throw badOption(`--tensor is '${text}', expected PATTERN=TYPE with one of ${TARGET_TYPES.join(', ')}`);
}
