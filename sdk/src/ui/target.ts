/** Finding the element that a step points at, on a page that may still be building it. */
import { hush, wait } from "../core/guard";
import type { Target } from "../types";
import { all, drawn } from "./html";
import type { Rect } from "./place";

const LOOK_MS = 100;
/** How long the best target is waited for before another one will do. */
const PATIENCE_MS = 1000;

/** What a target finds, best first. Words, roles and what lies in shadow roots and frames are found by a part of its own. */
let seek = (target: Target): Element[] => (typeof target === "string" ? all(target) : []);
/** Where an element stands in the viewport of this page. */
export let box = (element: Element): Rect => element.getBoundingClientRect();
let asked = false;

function searchDeep(): void {
  if (asked) return;
  asked = true;
  import("./anchors").then((part) => {
    ({ seek, box } = part);
  }, hush);
}

/** The first visible element of the best target that has one. A selector that is none is passed over. */
export function find(targets: readonly Target[]): Element | null {
  for (const target of targets) {
    const found = seek(target).find(visible);
    if (found) return found;
  }
  return null;
}

/** Whether something that happened, happened to what the step points at. */
export function touches(event: Event, targets: readonly Target[]): boolean {
  const path = event.composedPath();
  return targets.some((target) => seek(target).some((element) => path.includes(element)));
}

export function visible(element: Element): boolean {
  const { width, height } = element.getBoundingClientRect();
  return width > 0 && height > 0 && drawn(element);
}

/** Waits for the element; null when it has not come in time, or the step is over. */
export async function locate(targets: readonly Target[], within: number, signal: AbortSignal): Promise<Element | null> {
  for (const since = performance.now(); !signal.aborted; await wait(LOOK_MS)) {
    const waited = performance.now() - since;
    const patient = waited < PATIENCE_MS;
    if (!patient || typeof targets[0] !== "string") searchDeep();
    const found = find(patient ? targets.slice(0, 1) : targets);
    if (found || waited > within) return found;
  }
  return null;
}
