/** Steps that wait for more than a click: for words in a field, for a fact, and for the page: its address, or an element
 * that comes or goes. */
import { guard } from "../core/guard";
import { here } from "../live/page";
import type { Properties, Stage, Step, Target } from "../types";
import type { Hear } from "./advance";

/** Somebody who types is let finish the word. */
const TYPING_MS = 600;
const LOOK_MS = 150;

type Advance = Step["advance"];
type Find = (targets: readonly Target[]) => Element | null;

/** Calls `next` when it has happened; waits until the signal. */
export function waits(
  advance: Advance,
  hear: Hear,
  find: Find,
  stage: Pick<Stage, "on" | "off">,
  signal: AbortSignal,
  next: () => void,
): void {
  if (advance.on === "input") typed(hear, signal, next);
  else if (advance.on === "event") tracked(advance, stage, signal, next);
  else if (advance.on !== "disappears" || advance.element) looked(advance, find, signal, next);
}

function typed(hear: Hear, signal: AbortSignal, next: () => void): void {
  let pause: ReturnType<typeof setTimeout> | undefined;
  const after = (milliseconds: number) => (event: Event) => {
    clearTimeout(pause);
    const { value } = event.composedPath()[0] as HTMLInputElement;
    if (value !== "") pause = setTimeout(next, milliseconds);
  };
  hear("input", after(TYPING_MS));
  hear("change", after(0));
  signal.addEventListener("abort", () => clearTimeout(pause));
}

function tracked(advance: Advance, stage: Pick<Stage, "on" | "off">, signal: AbortSignal, next: () => void): void {
  const hear = ({ event }: Properties) => event === advance.event && next();
  stage.on("track", hear);
  signal.addEventListener("abort", () => stage.off("track", hear));
}

/** What is so already counts. Whoever waits for something to go has seen it there. */
function looked({ on, url = [], element = "" }: Advance, find: Find, signal: AbortSignal, next: () => void): void {
  let seen = !!find([element]);
  const met = () => {
    if (on === "url") return here(url, location);
    const there = !!find([element]);
    seen ||= there;
    return on === "appears" ? there : seen && !there;
  };
  const look = guard(() => {
    if (met()) next();
  });
  const timer = setInterval(look, LOOK_MS);
  signal.addEventListener("abort", () => clearInterval(timer));
}
