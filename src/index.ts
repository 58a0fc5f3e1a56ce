/** The library behind the `ggufix` command. What is not listed here is not public. */

export type { Finding, Fix, FixChoices, Rule, Safety, Severity } from './checks/check.js';
export { RULES } from './checks/index.js';
export { runChecks, type Verdict, verdictOf } from './checks/run.js';
export {
  applyChange,
  type ChangeContext,
  type ChangeOptions,
  type PlannedChange,
  planChange,
} from './edit/change-file.js';
export type { Edit, TensorOrigin } from './edit/edits.js';
export type { RewritePlan, Strategy, WritePlan } from './edit/plan.js';
export { type Recovery, recoverFile, type Undone, undoLastWrite } from './edit/recover.js';
export type { ShardLimits } from './edit/split/deal-tensors.js';
export { type PlannedShard, planSplit, type SplitPlan } from './edit/split/plan-split.js';
export { type SplitFileOptions, splitFile } from './edit/split/split-file.js';
export { type ErrorCode, type ErrorDetails, GgufError, isGgufError } from './errors.js';
export { describeProblem } from './gguf/describe-problem.js';
export type { TypedValue } from './gguf/encode-value.js';
export {
  type Extent,
  fatalProblem,
  findEntry,
  findTensor,
  type Header,
  type MetadataEntry,
  type TensorInfo,
  tensorExtent,
} from './gguf/model.js';
export { parseHeader, readHeader } from './gguf/parse.js';
export type { Place, Problem, ProblemCode } from './gguf/problems.js';
export { bitsPerWeight, blockBytes, blockWeights, TENSOR_TYPES, type TensorTypeName } from './gguf/tensor-types.js';
export { VALUE_TYPES, type ValueTypeName } from './gguf/value-types.js';
export { arrayItems, type Scalar, scalarValue, valueBytes } from './gguf/values.js';
export { type Engine, type EngineFeature, engineLabel, engineNote } from './quantizer/engine/engine.js';
export { type EngineSearch, findEngine } from './quantizer/engine/find-engine.js';
export type { Divergence, Estimate } from './quantizer/evaluate/divergence.js';
export { type EvaluateOptions, evaluateQuant, type QuantEvaluation } from './quantizer/evaluate/evaluate-quant.js';
export { paretoFront, type SizedDivergence } from './quantizer/evaluate/pareto.js';
export type { Budget, PlanOptions, PlanProgress, SensitivityMode } from './quantizer/planner/options.js';
export type { PlannedTensor, QuantizationPlan } from './quantizer/planner/plan.js';
export { planQuantization } from './quantizer/planner/plan-quantization.js';
export {
  type ChosenTypes,
  chooseTypes,
  type TypesFrom,
  withPins,
} from './quantizer/quantize/choose-types.js';
export { type Model, type ModelFile, openModel } from './quantizer/quantize/open-model.js';
export { metadataToPlanFor, type Preparation, type PrepareOptions, prepare } from './quantizer/quantize/prepare.js';
export type { StartWork } from './quantizer/quantize/progress.js';
export { quantizeModel } from './quantizer/quantize/quantize-model.js';
export type { QuantizeContext, QuantizeRequest, QuantizeResult } from './quantizer/quantize/request.js';
export { type ImatrixUse, refuseMissingImatrix, useImatrix } from './quantizer/quantize/use-imatrix.js';
export type { PredictedSize } from './quantizer/recipes/predict.js';
export type { ResolvedRecipe, TensorChoice } from './quantizer/recipes/resolved.js';
export type { Recipe } from './quantizer/recipes/schema.js';
export type { KeyValue } from './quantizer/recipes/written-header.js';
export { type MeasuredConversion, measureConversions } from './repair/measure.js';
export { planRepair, type RepairOptions, type RepairPlan } from './repair/plan.js';
export { planRequantization, type Requantization, type WantedTypes } from './repair/requantize.js';
export { type FileSource, openFile } from './sources/file.js';
export { memorySource } from './sources/memory.js';
export type { Source } from './sources/source.js';
export { createPool, type PoolOptions, type WorkerPool } from './tensors/pool.js';
export { dequantizeRows, quantizeRows } from './tensors/rows.js';
