import type { BaseType } from '../../quantizer/recipes/base-types.js';
import type { ExistingPolicy, ManifestValues, TensorTypes } from './manifest.js';

/** An output as an object of the manifest says it, of whatever kind. */
export interface OutputObject {
  readonly type?: BaseType;
  readonly recipe?: string;
  readonly like?: string;
  readonly size?: number | string;
  readonly bpw?: number;
  readonly requantize?: TensorTypes;
  readonly fix?: 'safe' | 'unsafe';
  readonly label?: string;
  readonly name?: string;
  readonly tensors?: TensorTypes;
  readonly imatrix?: boolean;
  readonly evaluate?: boolean;
  readonly allowRequantize?: boolean;
  readonly asIs?: boolean;
  readonly inPlace?: boolean;
  readonly split?: number | string;
  readonly set?: ManifestValues;
  readonly existing?: ExistingPolicy;
}
