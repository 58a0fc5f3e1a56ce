import { importanceByLayer } from '../quantizer/imatrix/layers.js';
import type { EntryScan } from '../quantizer/imatrix/scan-entries.js';
import type { ImatrixReport } from './imatrix.js';
import type { ImatrixJson } from './schemas.js';

/** An importance matrix as the `inspect` document holds it. */
export function imatrixJson(report: ImatrixReport): ImatrixJson {
  if ('fault' in report) return report;
  const { imatrix, scans } = report;
  const { format, datasets, chunkCount = null, chunkSize = null, entries } = imatrix;
  const scanOf = new Map(scans?.map((scan) => [scan.name, scan]));
  return {
    format,
    datasets: [...datasets],
    chunkCount,
    chunkSize,
    entries: [...entries.values()].map(({ name, columns, matrices }) => {
      const scan = scanOf.get(name);
      return { name, columns, matrices, ...(scan === undefined ? {} : valuesOf(scan)) };
    }),
    ...(scans === undefined ? {} : { layers: layersOf(scans) }),
  };
}

function valuesOf({ energy, uncounted }: EntryScan) {
  return { energy: jsonNumber(energy), uncounted: uncounted.count };
}

function layersOf(scans: readonly EntryScan[]) {
  return importanceByLayer(scans).map(({ layer = null, entries, energy }) => ({
    layer,
    entries,
    energy: jsonNumber(energy),
  }));
}

function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : `${value}`;
}
