/** What leads from one step to the next. `spec/cases/page.json` holds its meaning. Whatever is more than a click is waited
 * for by a part of its own. */
import { guard } from "../core/guard";
import type { Stage, Step } from "../types";
import { find, touches } from "./target";

export type Waiting = Pick<Step, "on" | "advance">;
/** Has somebody listen for an event that touches the step's target. */
export type Hear = (name: string, then: (event: Event) => void) => void;
export type Waits = typeof import("./waits");

/** Whether this step needs the part that waits for more than a click. */
export const isPatient = ({ advance }: Waiting): boolean => !/next|click|milestone/.test(advance.on);

/** Calls `next` when the step's action is done; listens until the signal. A step that waits for its button, or for what the
 * server will say, waits for nothing here. */
export function advances(
  step: Waiting,
  target: Element | null,
  stage: Pick<Stage, "on" | "off">,
  signal: AbortSignal,
  next: () => void,
  part: Waits | undefined,
): void {
  const hear: Hear = (name, then) => {
    const touched = guard((event: Event) => touches(event, step.on) && then(event));
    (target?.ownerDocument ?? document).addEventListener(name, touched, { capture: true, signal });
  };
  if (step.advance.on === "click") hear("click", next);
  part?.waits(step.advance, hear, find, stage, signal, next);
}
