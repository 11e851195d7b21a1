/** What a reader does to go elsewhere. */
const MOVES = ['wheel', 'touchstart', 'keydown', 'pointerdown'] as const;

/**
 * Takes the reader to a part of the page and keeps it in view while what stands above it is still coming, until the reader moves.
 * The answer ends it.
 */
export function stayAt(part: Element, grows: Element): () => void {
  const observer = new ResizeObserver(() => part.scrollIntoView());
  const stop = (): void => {
    observer.disconnect();
    for (const move of MOVES) removeEventListener(move, stop);
  };
  for (const move of MOVES) addEventListener(move, stop, { passive: true });
  // Observing begins with a call.
  observer.observe(grows);
  return stop;
}
