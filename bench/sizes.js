/** Weights of the tensors that whole processes check and requantize, without and with `--quick`. */
const WEIGHTS = 2 ** 30;
const QUICK_WEIGHTS = 2 ** 26;

/** @param {boolean} quick */
export function weightsOf(quick) {
  return quick ? QUICK_WEIGHTS : WEIGHTS;
}

/** As the help says it: 64 Mi or 1 Gi. @param {number} weights */
export function inWords(weights) {
  return weights < 2 ** 30 ? `${weights / 2 ** 20} Mi` : `${weights / 2 ** 30} Gi`;
}
