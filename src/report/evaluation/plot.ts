import { formatBits, formatBytes } from '../format.js';
import { escapeXml } from '../formats/escape-xml.js';
import { cutText } from '../text-width.js';
import { withError } from './figures.js';
import { type Axis, divergenceAxis, sizeAxis } from './plot-axis.js';
import { type PlacedLabel, placeLabels } from './plot-labels.js';
import type { LabelledFile } from './report.js';

/** All in pixels: the picture, and the plot in it. */
const WIDTH = 760;
const HEIGHT = 460;
const PLOT = { left: 76, top: 44, width: 660, height: 360 } as const;
const MAX_LABEL = 40;
const MAX_TITLE = 80;

/**
 * The picture keeps a ground of its own: the page around it need not be of the scheme that the viewer's system has.
 * Colours stand for themselves: many programs that draw SVG know neither variables nor media queries.
 */
const STYLE = `
svg { font: 12px system-ui, sans-serif; } .title { font-size: 14px; font-weight: 600; }
.ground, .point { fill: #ffffff; } text { fill: #1f2328; } .faint { fill: #59636e; } .grid { stroke: #d8dee4; }
.frame { fill: none; stroke: #59636e; } .error { stroke: #59636e; } .point { stroke: #59636e; stroke-width: 2; }
.front { fill: none; stroke: #0969da; stroke-width: 2; } .best { fill: #0969da; stroke: #0969da; }
@media (prefers-color-scheme: dark) {
.ground, .point { fill: #0d1117; } text { fill: #f0f6fc; } .faint { fill: #9198a1; } .grid { stroke: #30363d; }
.frame, .error, .point { stroke: #9198a1; } .front { stroke: #4493f8; } .best { fill: #4493f8; stroke: #4493f8; }
}
`;

/**
 * Size against mean KL divergence as an SVG picture: a labelled point for each quant, its standard error, and a line
 * through the Pareto front. Needs no other file and no font; the same files give the same bytes.
 */
export function renderPlot(files: readonly LabelledFile[], base: string | undefined): string {
  const title = `Size and divergence of ${files.length === 1 ? 'a quant' : `${files.length} quants`}${base === undefined ? '' : ` of ${base}`}`;
  const body = files.length === 0 ? '' : plotXml(files);
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">
<title>${escapeXml(title)}</title>
<style>${STYLE}</style>
<rect class="ground" width="${WIDTH}" height="${HEIGHT}"/>
${textXml(PLOT.left, 26, 'start', 'title', cutText(title, MAX_TITLE))}${body}</svg>
`;
}

/** A file and where its point is, from the plot's corner at the upper left. */
interface PlottedFile {
  readonly file: LabelledFile;
  readonly label: string;
  readonly x: number;
  readonly y: number;
}

function plotXml(files: readonly LabelledFile[]): string {
  const sizes = sizeAxis(
    files.map(({ bytes }) => bytes),
    PLOT.width,
  );
  const divergences = divergenceAxis(
    files.map(({ meanKld }) => meanKld),
    PLOT.height,
  );
  const up = (value: number): number => PLOT.height - divergences.place(value);
  const plotted = files.map((file) => ({
    file,
    label: cutText(file.label, MAX_LABEL),
    x: sizes.place(file.bytes),
    y: up(file.meanKld),
  }));
  const labels = placeLabels(plotted, PLOT);
  return [
    `<g transform="translate(${PLOT.left} ${PLOT.top})">\n`,
    gridXml(sizes, divergences),
    ...plotted.map((point) => errorXml(point, up)),
    frontXml(plotted),
    ...plotted.map((point, i) => pointXml(point, labels[i])),
    '</g>\n',
  ].join('');
}

function gridXml(sizes: Axis, divergences: Axis): string {
  const { width, height } = PLOT;
  const columns = sizes.ticks.map(({ value, text }) => {
    const x = sizes.place(value);
    return `${lineXml('grid', x, 0, x, height)}${textXml(x, height + 18, 'middle', 'faint', text)}`;
  });
  const rows = divergences.ticks.map(({ value, text }) => {
    const y = height - divergences.place(value);
    return `${lineXml('grid', 0, y, width, y)}${textXml(-8, y + 4, 'end', 'faint', text)}`;
  });
  const names = `${textXml(width / 2, height + 42, 'middle', 'faint', 'size of the file')}<text class="faint" text-anchor="middle" transform="translate(-60 ${height / 2}) rotate(-90)">mean KL divergence, nats (logarithmic)</text>\n`;
  return `${columns.join('')}${rows.join('')}<rect class="frame" width="${width}" height="${height}"/>\n${names}`;
}

function errorXml({ file, x }: PlottedFile, up: (value: number) => number): string {
  const { value, error } = file.evaluation.meanKld;
  return lineXml('error', x, up(value + error), x, up(value - error));
}

function frontXml(plotted: readonly PlottedFile[]): string {
  const front = plotted.filter(({ file }) => file.isOnFront).toSorted((a, b) => a.x - b.x);
  if (front.length < 2) return '';
  return `<polyline class="front" points="${front.map(({ x, y }) => `${pixels(x)},${pixels(y)}`).join(' ')}"/>\n`;
}

function pointXml({ file, label, x, y }: PlottedFile, place: PlacedLabel | undefined): string {
  const { size, meanKld } = file.evaluation;
  const bits = `${formatBits(size.bitsPerWeight)} bits per weight`;
  const tip = `${file.source}: ${formatBytes(size.bytes)}, ${bits}, mean KLD ${withError(meanKld, 6)}`;
  const kind = file.isOnFront ? 'point best' : 'point';
  const circle = `<circle class="${kind}" cx="${pixels(x)}" cy="${pixels(y)}" r="4"/>`;
  const text = place === undefined ? '' : textXml(place.x, place.y, place.anchor, 'label', label);
  return `<g><title>${escapeXml(tip)}</title>${circle}</g>\n${text}`;
}

function lineXml(kind: string, x1: number, y1: number, x2: number, y2: number): string {
  const ends = `x1="${pixels(x1)}" y1="${pixels(y1)}" x2="${pixels(x2)}" y2="${pixels(y2)}"`;
  return `<line class="${kind}" ${ends}/>\n`;
}

function textXml(x: number, y: number, anchor: PlacedLabel['anchor'], kind: string, text: string): string {
  const attributes = `class="${kind}" x="${pixels(x)}" y="${pixels(y)}" text-anchor="${anchor}"`;
  return `<text ${attributes}>${escapeXml(text)}</text>\n`;
}

/** A tenth of a pixel: finer places differ between processors. */
function pixels(value: number): string {
  return value.toFixed(1);
}
