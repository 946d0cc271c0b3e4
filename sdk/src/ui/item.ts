/** One item of a checklist: its line, and what opens below it. */
import type { Body, Item } from "../types";
import { h, icon, link } from "./html";
import { fill, words } from "./words";

type Own =
  | "start"
  | "open"
  | "skip_item"
  | "skipped"
  | "done_item"
  | "next_item"
  | "undo"
  | "due"
  | "set_date"
  | "owner";
const TICK = "M5 12.5l4.5 4.5L19 7.5";

export interface Actions {
  open(key: string | null): void;
  start(content: string): void;
  skip(key: string): void;
  undo(key: string): void;
  /** Asks for a date of one's own, in this place. */
  plan(item: Item, place: HTMLElement): void;
}

export interface State {
  state: "done" | "skipped" | "next" | "open";
  /** Skipped a moment ago. */
  undo: boolean;
  open: boolean;
}

type Said = Record<Own, string>;

export function row(item: Item, { state, undo, open }: State, body: Body, actions: Actions): HTMLElement {
  const said = words<Said>(body);
  const closed = state === "done" || state === "skipped";
  const mark = h("span", { class: "tick", "aria-hidden": "true" }, state === "done" && icon(TICK));
  const spoken = { done: said.done_item, skipped: said.skipped, next: said.next_item, open: "" }[state];
  const title = h("span", { class: "title" }, item.title, spoken && h("span", { class: "live" }, ` (${spoken})`));
  const line = h("span", { class: "line" }, title, h("span", { class: "due" }, ...notes(item, state, said)));
  if (closed)
    return h("li", { class: state }, h("div", { class: "head" }, mark, line, undo && back(item, said, actions)));
  const toggle = () => actions.open(open ? "" : item.key);
  const head = { class: "head", "aria-expanded": `${open}`, "data-focus": item.key, click: toggle };
  return h("li", { class: state }, h("button", head, mark, line), open && details(item, said, actions));
}

function notes({ due_text, effort }: Item, state: State["state"], said: Said): string[] {
  if (state === "skipped") return [said.skipped];
  const due = state !== "done" && due_text && fill(said.due, { day: due_text });
  return [[due, effort].filter(Boolean).join(" · ")];
}

function back({ key }: Item, said: Said, actions: Actions): HTMLElement {
  return h("button", { "data-focus": key, click: () => actions.undo(key) }, said.undo);
}

function details(item: Item, said: Said, actions: Actions): HTMLElement {
  const { key, start, url, owner, tasks } = item;
  const plan = h("button", { click: () => actions.plan(item, plan) }, said.set_date);
  const go = start && h("button", { class: "main", click: () => actions.start(start) }, said.start);
  return h(
    "div",
    { class: "details" },
    owner && h("p", {}, fill(said.owner, { name: owner })),
    !!tasks?.length &&
      h("ul", {}, ...tasks.map((task) => h("li", {}, [task.title, task.owner].filter(Boolean).join(" – ")))),
    h("div", { class: "ways" }, go, url && link(url, { class: go ? "button" : "button main" }, said.open)),
    h(
      "div",
      { class: "more less" },
      plan,
      h("button", { "data-focus": key, click: () => actions.skip(key) }, said.skip_item),
    ),
  );
}
