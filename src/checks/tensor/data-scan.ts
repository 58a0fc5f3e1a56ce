export type { DataScan, TensorScan } from '../../tensors/scan/data-scan.js';
