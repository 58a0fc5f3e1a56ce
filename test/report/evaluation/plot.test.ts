import { describe, expect, test } from 'vitest';
import { renderPlot } from '../../../src/report/evaluation/plot.js';
import { measuredFiles } from '../../../src/report/evaluation/report.js';
import { evaluationOf } from '../../quantizer/support/evaluate.js';
import { parseXml, type XmlElement } from '../formats/xml.js';
import { HOSTILE, REPORT } from './reports.js';

const FILES = measuredFiles(REPORT);

function elements(root: XmlElement): XmlElement[] {
  return [root, ...root.children.flatMap(elements)];
}

const drawn = (svg: string): XmlElement[] => elements(parseXml(svg));
const ofClass = (all: readonly XmlElement[], name: string): XmlElement[] =>
  all.filter(({ attributes }) => attributes['class']?.split(' ').includes(name));

describe('renderPlot', () => {
  test('is the same picture as ever', async () => {
    await expect(renderPlot(FILES, 'm-BF16.gguf')).toMatchFileSnapshot('plot.svg');
  });

  test('is XML with a point, a label and a tip for each quant, in any order the same places', () => {
    const all = drawn(renderPlot(FILES, 'm-BF16.gguf'));
    expect(all[0]).toMatchObject({ name: 'svg', attributes: { xmlns: 'http://www.w3.org/2000/svg', role: 'img' } });
    expect(ofClass(all, 'point')).toHaveLength(3);
    expect(ofClass(all, 'label').map(({ text }) => text)).toEqual(['Q8_0', 'Q4_0', 'Q4_K_M']);
    expect(all.filter(({ name }) => name === 'title').map(({ text }) => text)).toEqual([
      'Size and divergence of 3 quants of m-BF16.gguf',
      'q/m-Q8_0.gguf: 32.7 MiB, 4.50 bits per weight, mean KLD 0.000347 ± 0.000002',
      'q/m-Q4_0.gguf: 22.9 MiB, 4.50 bits per weight, mean KLD 0.025981 ± 0.000130',
      'q/m-Q4_K_M.gguf: 22.6 MiB, 4.50 bits per weight, mean KLD 0.016606 ± 0.000083',
    ]);
  });

  test('a larger file stands further right, a closer one further down', () => {
    const [q8, q40, q4k] = ofClass(drawn(renderPlot(FILES, undefined)), 'point').map(({ attributes }) => ({
      x: Number(attributes['cx']),
      y: Number(attributes['cy']),
    }));
    expect(q8?.x).toBeGreaterThan(q40?.x ?? 0);
    expect(q40?.x).toBeGreaterThan(q4k?.x ?? 0);
    expect(q8?.y).toBeGreaterThan(q4k?.y ?? 0);
    expect(q4k?.y).toBeGreaterThan(q40?.y ?? 0);
  });

  test('the line goes through the front, from the smallest to the largest, and nowhere else', () => {
    const all = drawn(renderPlot(FILES, undefined));
    const [front] = ofClass(all, 'front');
    const best = ofClass(all, 'best').map(({ attributes }) => `${attributes['cx']},${attributes['cy']}`);
    expect(front?.attributes['points']).toBe(best.toReversed().join(' '));
    expect(best).toHaveLength(2);
  });

  test('one quant has no line, none an empty picture', () => {
    expect(ofClass(drawn(renderPlot(FILES.slice(0, 1), undefined)), 'front')).toEqual([]);
    expect(drawn(renderPlot([], undefined)).map(({ name }) => name)).toEqual(['svg', 'title', 'style', 'rect', 'text']);
  });

  test('a divergence of zero, or less by rounding, has a place in the plot', () => {
    const sources = [0, -0.000001, 0.01].map((kld, i) => ({
      source: `${i}.gguf`,
      evaluation: evaluationOf(i + 1, kld),
    }));
    const svg = renderPlot(measuredFiles({ files: sources }), undefined);
    expect(svg).not.toMatch(/NaN|Infinity/);
    expect(ofClass(drawn(svg), 'point')).toHaveLength(3);
  });

  test('names are escaped, and long ones cut', () => {
    const files = [
      { source: HOSTILE, evaluation: evaluationOf(1, 0.1) },
      { source: `${'x'.repeat(500)}.gguf`, evaluation: evaluationOf(2, 0.01) },
    ];
    const all = drawn(renderPlot(measuredFiles({ files }), HOSTILE));
    const [hostile, long] = ofClass(all, 'label').map(({ text }) => text);
    expect(hostile).toContain('a<b>&"c\'|`\\u001b[31m\\u0000\ufffd');
    expect(long).toMatch(/^x+…$/);
  });

  test('has colours for a dark page, and asks for nothing from elsewhere', () => {
    const svg = renderPlot(FILES, undefined);
    expect(svg).toContain('@media (prefers-color-scheme: dark)');
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\(|<script|<image|@import/);
  });
});
