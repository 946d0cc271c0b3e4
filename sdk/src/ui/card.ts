/** The card of a guide's step. */
import type { Body, Step } from "../types";
import { foot } from "./foot";
import { cross, fromHtml, h, heading } from "./html";
import { framed } from "./shell";
import { count, words } from "./words";

/** What the buttons of a card do. */
export interface Buttons {
  next(): void;
  back(): void;
  close(): void;
  later(): void;
  never(): void;
}

/** `lost`: the step's target is not on the page, so that only the button leads on. `back`: there is a step before. */
export function card(body: Body, index: number, lost: boolean, back: boolean, buttons: Buttons): HTMLElement {
  const { steps } = body;
  const step = steps[index] as Step;
  const said = words(body);
  // Where ways part, nobody knows how many steps there will be.
  const total = steps.some(({ then, buttons }) => then || buttons?.some(({ go }) => go)) ? 1 : steps.length;
  const made = framed(
    step.as ?? "",
    "dialog",
    h(
      "div",
      { class: "top" },
      h("span", { class: "count" }, total > 1 && count(said, index + 1, total)),
      cross(said.close, buttons.close),
    ),
    total > 1 && h("div", { class: "bar", "aria-hidden": "true" }, ...steps.map((_, n) => mark(n <= index))),
    heading(step.title),
    h("div", { class: "text", id: "text" }, ...fromHtml(step.body_html)),
    h(
      "div",
      { class: "actions" },
      back && h("button", { class: "back", click: buttons.back }, said.back),
      forward(step, index + 1 === steps.length || step.then === "end", lost, said, buttons),
    ),
    foot(body, buttons.later, buttons.never),
  );
  made.setAttribute("aria-describedby", "text");
  return made;
}

/** Where the real action leads on, the button is the way around it. */
function forward(step: Step, last: boolean, lost: boolean, said: ReturnType<typeof words>, buttons: Buttons): Node {
  const around = step.advance.on !== "next" && !lost;
  const text = around ? said.skip : last ? said.done : said.next;
  return h("button", { class: around ? "next quiet" : "next main", click: buttons.next }, text);
}

const mark = (past: boolean): Node => h("span", { class: past ? "past" : "" });
