/**
 * Equal Earth projection (Šavrič, Patterson, Jenny 2018, doi 10.1080/13658816.2018.1504949): areas are true, so that a country's
 * colour weighs as much as its land.
 */
export const MAP_WIDTH = 960;
/** Without Antarctica, which sends nothing: from 84° north to 57° south. */
export const MAP_HEIGHT = 418;

const A1 = 1.340264;
const A2 = -0.081106;
const A3 = 0.000893;
const A4 = 0.003796;
const ROOT3 = Math.sqrt(3);
const NORTH_DEGREES = 84;

/** Half the width of the projected globe of radius 1, at the equator. */
const HALF_WIDTH = (2 * ROOT3 * Math.PI) / (3 * A1);
const SCALE = MAP_WIDTH / (2 * HALF_WIDTH);
const TOP = northing(parameter(NORTH_DEGREES));

/** Pixels of the map, from its upper left corner. */
export function project(longitude: number, latitude: number): readonly [x: number, y: number] {
  const angle = parameter(latitude);
  const square = angle ** 2;
  const spread = 9 * A4 * square ** 4 + 7 * A3 * square ** 3 + 3 * A2 * square + A1;
  const x = (2 * ROOT3 * ((longitude * Math.PI) / 180) * Math.cos(angle)) / (3 * spread);
  return [MAP_WIDTH / 2 + SCALE * x, SCALE * (TOP - northing(angle))];
}

function parameter(latitude: number): number {
  return Math.asin((ROOT3 / 2) * Math.sin((latitude * Math.PI) / 180));
}

function northing(angle: number): number {
  const square = angle ** 2;
  return angle * (A4 * square ** 4 + A3 * square ** 3 + A2 * square + A1);
}
