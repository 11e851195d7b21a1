/**
 * Outlines that cross the 180th meridian, as Russia's and Fiji's do, are drawn in two parts, one at each edge of the map:
 * first longitudes are continued beyond 180° instead of jumping, then what lies beyond an edge is cut off (Sutherland and
 * Hodgman 1974, one edge at a time) and drawn once more a turn away.
 */

/** Longitude and latitude, degrees. */
export type Position = readonly number[];

const EDGE_DEGREES = 180;
const TURN_DEGREES = 360;

/** The parts of a closed ring that lie between 180° west and 180° east. */
export function cutAtDateLine(ring: readonly Position[]): Position[][] {
  const whole = continued(ring);
  if (whole.every(([longitude]) => Math.abs(longitude) <= EDGE_DEGREES)) return [whole];
  const parts = [-TURN_DEGREES, 0, TURN_DEGREES].map((turn) => {
    const moved = whole.map(([longitude, latitude]) => [longitude + turn, latitude]);
    return cut(cut(moved, 1), -1);
  });
  return parts.filter(({ length }) => length > 2);
}

function continued(ring: readonly Position[]): Position[] {
  let turn = 0;
  return ring.map(([longitude, latitude], index) => {
    const step = index === 0 ? 0 : longitude - ring[index - 1][0];
    if (step > EDGE_DEGREES) turn -= TURN_DEGREES;
    if (step < -EDGE_DEGREES) turn += TURN_DEGREES;
    return [longitude + turn, latitude];
  });
}

/** What lies west of 180° (side 1), or east of −180° (side −1). */
function cut(ring: readonly Position[], side: 1 | -1): Position[] {
  const isInside = ([longitude]: Position): boolean => side * longitude <= EDGE_DEGREES;
  return ring.flatMap((to, index) => {
    const from = ring.at(index - 1) ?? to;
    const crossing = isInside(from) === isInside(to) ? [] : [crossingOf(from, to, side * EDGE_DEGREES)];
    return isInside(to) ? [...crossing, to] : crossing;
  });
}

function crossingOf(from: Position, to: Position, longitude: number): Position {
  const part = (longitude - from[0]) / (to[0] - from[0]);
  return [longitude, from[1] + part * (to[1] - from[1])];
}
