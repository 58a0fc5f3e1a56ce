import Table from 'cli-table3';
import { duration, size } from './row.js';

/**
 * @param {import('./machine.js').Machine} machine
 * @param {import('./machine.js').Peers} peers
 */
export function renderMachine({ cpu, memory, system, node, commit, load }, peers) {
  const lines = [
    `cpu     ${cpu}, ${memory}`,
    `system  ${system}, Node ${node}`,
    `commit  ${commit}, load ${load.toFixed(1)} at the start`,
    ...Object.entries(peers).map(([name, peer]) => `peer    ${peer.missing ?? `${name} (${peer.version})`}`),
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * The rows of a group under the names of what they are compared with: ratios, what the peer took, the verdict.
 * @param {string} title
 * @param {readonly import('./row.js').Row[]} rows
 */
export function renderGroup(title, rows) {
  const against = [...new Set(rows.flatMap(({ comparisons }) => comparisons.map(columnTitle)))];
  const facts = FACTS.filter(({ has }) => rows.some(has));
  const table = new Table({
    head: ['work', ...facts.map((fact) => fact.title), ...against],
    // Empty style lists keep colour codes out of files and pipes.
    style: { head: [], border: [] },
    colAligns: ['left', ...facts.map(() => 'right')],
  });
  for (const row of rows) {
    const cells = facts.map(({ has, text }) => (has(row) ? text(row) : ''));
    table.push([row.work, ...cells, ...against.map((name) => comparisonCell(row, name))]);
  }
  const notes = rows.flatMap(({ work, notes }) => notes.map((note) => `${work}: ${note}`));
  return `\n${title}\n${table.toString()}\n${notes.map((note) => `${note}\n`).join('')}`;
}

const FACTS = [
  {
    title: 'time',
    has: (row) => row.seconds !== undefined,
    text: (row) => duration(row.seconds),
  },
  {
    title: 'G weights/s',
    has: (row) => row.weights !== undefined,
    text: (row) => (row.weights / row.seconds / 1e9).toFixed(2),
  },
  { title: 'peak', has: (row) => typeof row.peakBytes === 'number', text: (row) => size(row.peakBytes) },
];

/** @param {import('./row.js').Comparison} comparison */
function columnTitle({ against, target }) {
  return target === undefined ? against : `${against} ≤ ${target}`;
}

/**
 * @param {import('./row.js').Row} row
 * @param {string} title
 */
function comparisonCell({ comparisons }, title) {
  const comparison = comparisons.find((each) => columnTitle(each) === title);
  if (comparison === undefined) return '';
  const { ratio, peer, met } = comparison;
  const verdict = met === undefined ? '' : met ? ', met' : ', missed';
  // Around 1 the second digit behind the point is what counts.
  const text = ratio >= 0.995 && ratio < 2 ? ratio.toFixed(2) : ratio.toPrecision(2);
  return `${text} of ${peer}${verdict}`;
}
