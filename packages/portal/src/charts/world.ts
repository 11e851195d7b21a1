/** The world as shapes of the map. In a chunk of its own with the data (Natural Earth, 1:110 million). */
import { feature } from 'topojson-client';
import atlas from 'world-atlas/countries-110m.json' with { type: 'json' };
import { countryOfNumber } from '../format/place.ts';
import { cutAtDateLine, type Position } from './date-line.ts';
import { project } from './projection.ts';

export interface Land {
  /** Two letters; undefined for land that has no code of its own. */
  readonly code: string | undefined;
  /** Outline for an SVG path. */
  readonly outline: string;
}

type Topology = Parameters<typeof feature>[0];

const ANTARCTICA = 'AQ';

export function readWorld(): Land[] {
  const topology = atlas as unknown as Topology;
  const world = feature(topology, topology.objects.countries);
  const features = world.type === 'FeatureCollection' ? world.features : [world];
  return features.flatMap(({ id, geometry }) => {
    const code = countryOfNumber(String(id));
    if (code === ANTARCTICA) return [];
    if (geometry.type === 'Polygon') return { code, outline: outline(geometry.coordinates) };
    return geometry.type === 'MultiPolygon' ? { code, outline: geometry.coordinates.map(outline).join('') } : [];
  });
}

function outline(rings: readonly Position[][]): string {
  return rings
    .flatMap(cutAtDateLine)
    .map((ring) => `M${ring.map(point).join('L')}Z`)
    .join('');
}

function point([longitude, latitude]: Position): string {
  const [x, y] = project(longitude, latitude);
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}
