/** Colours of charts, from the page's style sheet, so that there is one place for them. */

const COLOURS = ['ink', 'muted', 'line', 'paper', 'data', 'data-soft', 'other', 'newest', 'shade-2', 'ember'] as const;
export type Palette = Readonly<Record<(typeof COLOURS)[number] | 'font', string>>;

/** The colours as they are now, light or dark, in words that a chart understands. Adds a child for a moment. */
export function readPalette(element: HTMLElement): Palette {
  const probe = element.appendChild(document.createElement('span'));
  const resolved = COLOURS.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color];
  });
  const font = getComputedStyle(probe).fontFamily;
  probe.remove();
  return { ...Object.fromEntries(resolved), font } as Palette;
}
