import { displayWidth } from '../text-width.js';

/** A text beside a point, both in pixels. */
export interface PlacedLabel {
  /** Where the text starts or ends, and its base line. */
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'middle' | 'end';
}

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const GAP = 8;
const LINE = 13;
/** Mean width of a character of the plot's font; wider than most, so that labels keep apart. */
const CHARACTER = 7;
const POINT = 5;

/** At the upper right first: a front falls to the right, so that its line does not run through the label. */
const OFFSETS: readonly (PlacedLabel & { readonly share: number })[] = [
  { x: GAP - 1, y: -GAP + 3, anchor: 'start', share: 0 },
  { x: GAP, y: 4, anchor: 'start', share: 0 },
  { x: 0, y: -GAP, anchor: 'middle', share: 0.5 },
  { x: -GAP + 1, y: GAP + 6, anchor: 'end', share: 1 },
  { x: -GAP, y: 4, anchor: 'end', share: 1 },
  { x: 0, y: GAP + 9, anchor: 'middle', share: 0.5 },
  { x: GAP - 1, y: GAP + 6, anchor: 'start', share: 0 },
  { x: -GAP + 1, y: -GAP + 3, anchor: 'end', share: 1 },
];

/**
 * A place for the label of each point, one after the other: the first that lies in the plot and covers no point and no
 * earlier label, else the first of all.
 */
export function placeLabels(
  points: readonly (Point & { readonly label: string })[],
  size: { readonly width: number; readonly height: number },
): PlacedLabel[] {
  const plot: Box = { left: 0, top: 0, right: size.width, bottom: size.height };
  const taken: Box[] = points.map(({ x, y }) => ({
    left: x - POINT,
    top: y - POINT,
    right: x + POINT,
    bottom: y + POINT,
  }));
  return points.map(({ x, y, label }) => {
    const width = displayWidth(label) * CHARACTER;
    const candidates = OFFSETS.map((offset) => {
      const place = { x: x + offset.x, y: y + offset.y, anchor: offset.anchor };
      const left = place.x - offset.share * width;
      return { place, box: { left, top: place.y - LINE + 3, right: left + width, bottom: place.y + 3 } };
    });
    const isFree = ({ box }: { box: Box }): boolean => isInside(box, plot) && !taken.some((one) => overlap(box, one));
    const chosen = candidates.find(isFree) ?? candidates[0];
    if (chosen === undefined) throw new RangeError('there are places for a label');
    taken.push(chosen.box);
    return chosen.place;
  });
}

function isInside(inner: Box, outer: Box): boolean {
  return (
    inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top && inner.bottom <= outer.bottom
  );
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
