/** Which methods an address takes: what somebody is told who came with another. */

interface Route {
  readonly parts: readonly string[];
  readonly methods: readonly string[];
}

export class Methods {
  private readonly routes: Route[] = [];

  /** @param url of a route, with its parameters: `/v1/findings/:id`; one with `*` takes whatever others leave, and is no address */
  add(url: string, method: string | readonly string[]): void {
    if (!url.includes('*')) this.routes.push({ parts: url.split('/'), methods: [method].flat() });
  }

  /** Sorted; none when nothing is at this address. */
  of(url: string): string[] {
    const parts = url.replace(/\?.*$/s, '').split('/');
    const taken = this.routes.filter((route) => isAt(route.parts, parts)).flatMap(({ methods }) => methods);
    return [...new Set(taken)].toSorted();
  }
}

function isAt(route: readonly string[], parts: readonly string[]): boolean {
  const matches = (part: string, index: number): boolean => part.startsWith(':') || part === parts[index];
  return route.length === parts.length && route.every(matches);
}
