/** Finding the element that a step points at, on a page that may still be building it. */

import { all, drawn } from "./html";

const LOOK_MS = 200;
/** How long the best selector is waited for before another one will do. */
const PATIENCE_MS = 1000;

/** The first visible element of the best selector that has one. A selector that is none is passed over. */
export function find(selectors: readonly string[]): Element | null {
  for (const selector of selectors) {
    const found = all(selector).find(visible);
    if (found) return found;
  }
  return null;
}

/** Whether something that happened, happened to what the step points at. */
export function touches(event: Event, selectors: readonly string[]): boolean {
  const path = event.composedPath();
  return selectors.some((selector) => all(selector).some((element) => path.includes(element)));
}

export function visible(element: Element): boolean {
  const { width, height } = element.getBoundingClientRect();
  return width > 0 && height > 0 && drawn(element);
}

/** Waits for the element; null when it has not come in time, or the step is over. */
export function locate(selectors: readonly string[], within: number, signal: AbortSignal): Promise<Element | null> {
  const since = performance.now();
  return new Promise((done) => {
    const look = () => {
      const waited = performance.now() - since;
      const found = find(waited < PATIENCE_MS ? selectors.slice(0, 1) : selectors);
      if (found || waited > within || signal.aborted) finish(found);
    };
    const observer = new MutationObserver(look);
    const timer = setInterval(look, LOOK_MS);
    const finish = (found: Element | null) => {
      observer.disconnect();
      clearInterval(timer);
      done(signal.aborted ? null : found);
    };
    observer.observe(document, { childList: true, subtree: true, attributes: true });
    signal.addEventListener("abort", look);
    look();
  });
}
