/** What surveys ask rarely: an order of several things, by dragging or by buttons; and how pictures are laid out. */
import type { Answer, Question } from "../types";
import type { Field } from "./fields";
import type { h as H, icon as Icon } from "./html";
import css from "./rare.css";
import type { fill as Fill } from "./words";

export const style = css;

const ENGLISH = {
  move_up: "Move up: {text}",
  move_down: "Move down: {text}",
  place: "{text}: place {n} of {total}",
};
const UP = "M6 15l6-6 6 6";
const DOWN = "M6 9l6 6 6-6";

/** What is drawn with: handed over, so that no part of its own is loaded for it. */
export interface Kit {
  h: typeof H;
  icon: typeof Icon;
  fill: typeof Fill;
}

/** Nothing was said until something was moved; of what must be answered, the order as it stands. */
export function ranking(
  question: Question,
  known: Answer,
  n: number,
  alone: boolean,
  labels: Record<string, string>,
  { h, icon, fill }: Kit,
): Field {
  const said: typeof ENGLISH = { ...ENGLISH, ...labels };
  const first = Array.isArray(known) ? known : [];
  const place = ({ value }: { value: string }) => (first.includes(value) ? first.indexOf(value) : first.length);
  const options = [...question.options].sort((a, b) => place(a) - place(b));
  let touched = first.length > 0 || !question.optional;
  const status = h("p", { class: "live", role: "status" });
  const list = h("ol", { class: "ranked" }, ...options.map(({ value, text }) => row(value, text)));

  function row(value: string, text: string): HTMLElement {
    const item: HTMLElement = h("li", {
      "data-value": value,
      pointerdown: (event) => drag(item, event as PointerEvent),
    });
    const button = (by: -1 | 1) => {
      const name = fill(by < 0 ? said.move_up : said.move_down, { text });
      const attributes = { type: "button", "aria-label": name, click: () => move(item, by) };
      return h("button", attributes, icon(by < 0 ? UP : DOWN));
    };
    item.append(h("span", {}, text), button(-1), button(1));
    return item;
  }

  /** The focus stays where it was pressed. */
  function move(item: HTMLElement, by: -1 | 1): void {
    const other = by < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (!other) return;
    if (by < 0) other.before(item);
    else other.after(item);
    (item.querySelectorAll("button")[by < 0 ? 0 : 1] as HTMLElement).focus();
    changed(item);
  }

  function drag(item: HTMLElement, event: PointerEvent): void {
    if ((event.target as Element).closest("button") || event.button) return;
    event.preventDefault();
    item.setPointerCapture(event.pointerId);
    item.classList.add("dragged");
    const follow = ({ clientY }: PointerEvent) => {
      const { previousElementSibling: above, nextElementSibling: below } = item;
      if (above && clientY < middle(above))
        item.after(above); // moving the item itself would let go of the pointer
      else if (below && clientY > middle(below)) item.before(below);
    };
    item.addEventListener("pointermove", follow);
    const drop = () => {
      item.removeEventListener("pointermove", follow);
      item.classList.remove("dragged");
      changed(item);
    };
    item.addEventListener("lostpointercapture", drop, { once: true });
  }

  function changed(item: HTMLElement): void {
    touched = true;
    const rows = [...list.children];
    const text = item.firstElementChild?.textContent ?? "";
    status.textContent = fill(said.place, { text, n: rows.indexOf(item) + 1, total: rows.length });
    list.dispatchEvent(new Event("change", { bubbles: true }));
  }

  return {
    element: h(
      "fieldset",
      { "aria-describedby": `hint${n} wrong${n}` },
      h("legend", { class: alone ? "live" : "" }, question.ask),
      list,
      status,
    ),
    value: () => (touched ? [...list.children].map((each) => (each as HTMLElement).dataset.value as string) : null),
    wrong: () => null,
    focus: () => list.querySelector("button")?.focus(),
  };
}

function middle(element: Element): number {
  const { top, height } = element.getBoundingClientRect();
  return top + height / 2;
}
