/** What leads from one step to the next. `spec/cases/page.json` holds its meaning. */
import type { Properties, Stage } from "../types";
import { touches } from "./target";

export interface Advance {
  on: "next" | "click" | "input" | "event";
  event?: string;
  selectors: readonly string[];
}

/** Somebody who types is let finish the word. */
const TYPING_MS = 600;

/** Calls `next` when the step's action is done; listens until the signal. A step that waits for its button waits for
 * nothing here. */
export function advances(
  advance: Advance,
  stage: Pick<Stage, "on" | "off">,
  signal: AbortSignal,
  next: () => void,
): void {
  if (advance.on === "click") listen("click", (event) => touches(event, advance.selectors) && next(), signal);
  if (advance.on === "input") typed(advance.selectors, signal, next);
  if (advance.on === "event") tracked(advance.event ?? "", stage, signal, next);
}

function typed(selectors: readonly string[], signal: AbortSignal, next: () => void): void {
  let pause: ReturnType<typeof setTimeout> | undefined;
  const after = (milliseconds: number) => (event: Event) => {
    if (!touches(event, selectors)) return;
    clearTimeout(pause);
    const { value } = event.composedPath()[0] as HTMLInputElement;
    if (value !== "") pause = setTimeout(next, milliseconds);
  };
  listen("input", after(TYPING_MS), signal);
  listen("change", after(0), signal);
  signal.addEventListener("abort", () => clearTimeout(pause));
}

function tracked(name: string, stage: Pick<Stage, "on" | "off">, signal: AbortSignal, next: () => void): void {
  const hear = ({ event }: Properties) => event === name && next();
  stage.on("track", hear);
  signal.addEventListener("abort", () => stage.off("track", hear));
}

function listen(name: string, hear: (event: Event) => void, signal: AbortSignal): void {
  document.addEventListener(name, hear, { capture: true, signal });
}
