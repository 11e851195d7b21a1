/** What truth says of ports: a short list, and the count when it is cut. */
const PORTS_MAX = 64;

export function portsDetail(ports: readonly number[]): { ports: readonly number[]; port_count?: number } {
  if (ports.length <= PORTS_MAX) return { ports };
  return { ports: ports.slice(0, PORTS_MAX), port_count: ports.length };
}
