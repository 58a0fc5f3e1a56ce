import type { Edit } from '../../edit/edits.js';
import type { WorkerPool } from '../../tensors/pool.js';
import type { Engine } from '../engine/engine.js';
import type { PlanNote } from '../recipes/plan-note.js';
import type { ResolvedRecipe } from '../recipes/resolved.js';
import type { Model } from './open-model.js';
import type { Preparation } from './prepare.js';
import type { StartWork } from './progress.js';

/** What is to be made, decided to the last tensor. */
export interface QuantizeRequest {
  readonly model: Model;
  /** File to write. Of several shards the name that theirs are made from. */
  readonly out: string;
  readonly recipe: ResolvedRecipe;
  /** What `prepare` made of model and recipe; it says into how many files. */
  readonly preparation: Preparation;
  /** Path of the importance matrix; `prepare` was given what is in it. */
  readonly imatrix?: string | undefined;
  /** Take a model that is quantized already. */
  readonly allowRequantize: boolean;
  /** Write the recipe beside the result. */
  readonly sidecar: boolean;
  /** How the recipe was planned, for the sidecar. */
  readonly plan?: PlanNote | undefined;
  /** Replace what is there. */
  readonly force: boolean;
  /** Changes of the result's metadata, which `prepare` was given as well. */
  readonly edits?: readonly Edit[];
  /** Files besides the model and the importance matrix that must not be replaced. */
  readonly inputs?: readonly string[];
  /** SHA-256 of a model that was read before and has no weight that is NaN or infinite: it is not read once more for that. */
  readonly sourceHash?: string | undefined;
  readonly threads: number;
  /** Memory for the rows of one tensor. */
  readonly maxBufferMiB?: number | undefined;
}

/** With what it is made. */
export interface QuantizeContext {
  readonly engine: Engine;
  readonly pool: WorkerPool;
  /** Shows how far the engine and the verification are. */
  readonly startWork?: StartWork | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What was made. */
export interface QuantizeResult {
  /** The file, or all shards in order. */
  readonly outputs: readonly string[];
  /** Path of the recipe beside it. */
  readonly sidecar?: string;
  /** Bytes of all files. */
  readonly bytes: number;
  /** What the engine says of its version. */
  readonly engineVersion: string;
  /** SHA-256 of the source, in hex. */
  readonly sourceHash: string;
  readonly seconds: number;
}
