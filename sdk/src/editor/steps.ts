/** The steps of a guide: a list of which one is open, ordered by buttons or by dragging. */
import { h } from "../ui/html";
import { fill } from "../ui/words";
import { button, choice, type Form, plain, problems, prose, text } from "./fields";
import type { Marker } from "./marker";
import { target } from "./target";
import type { Value } from "./types";

export interface Opened {
  step: number;
}

export function steps(form: Form, open: Opened, marker: Marker): HTMLElement {
  const { words, work } = form;
  const list = stepsOf(work.value);
  const add = () => {
    work.change((value) => {
      value.steps = [...stepsOf(value), { title: "" }];
    });
    open.step = list.length;
    form.again(`field-steps-${list.length}-title`);
  };
  return h(
    "section",
    { class: "steps", "aria-label": words.steps },
    h("h3", {}, words.steps),
    h("ol", {}, ...list.map((step, at) => row(form, open, marker, step, at, list.length))),
    list.length === 0 && problems(form, "steps"),
    button(words.add_step, add, "quiet wide", { id: "add-step" }),
  );
}

export const stepsOf = (value: Value): Value[] => (Array.isArray(value.steps) ? (value.steps as Value[]) : []);

function row(form: Form, open: Opened, marker: Marker, step: Value, at: number, total: number): HTMLElement {
  const isOpen = open.step === at;
  const { words, work } = form;
  const title = () => work.read(step, "title", form.main) || fill(words.step, { n: at + 1 });
  const show = () => {
    open.step = isOpen ? -1 : at;
    form.again(`step-${at}`);
  };
  const head = button(title(), show, "title", { id: `step-${at}`, "aria-expanded": `${isOpen}` });
  form.heard.add(() => {
    head.textContent = title();
  });
  const made = h(
    "li",
    { class: isOpen ? "step open" : "step", draggable: "true" },
    h(
      "div",
      { class: "head" },
      h("span", { class: "number", title: words.drag }, `${at + 1}`),
      head,
      ...ordering(form, open, at, total),
    ),
    isOpen && inside(form, step, at, marker),
    !isOpen && problems(form, `steps[${at}]`),
  );
  dragging(made, form, open, at);
  return made;
}

function ordering(form: Form, open: Opened, at: number, total: number): HTMLElement[] {
  const { words } = form;
  const named = (name: string) => ({ "aria-label": `${name}: ${fill(words.step, { n: at + 1 })}`, title: name });
  return [
    button("↑", () => move(form, open, at, at - 1), "small", {
      ...named(words.up),
      id: `up-${at}`,
      ...(at === 0 && { disabled: "" }),
    }),
    button("↓", () => move(form, open, at, at + 1), "small", {
      ...named(words.down),
      id: `down-${at}`,
      ...(at + 1 === total && { disabled: "" }),
    }),
    button("✕", () => take(form, open, at), "small", named(words.remove)),
  ];
}

function move(form: Form, open: Opened, from: number, to: number): void {
  form.work.change((value) => {
    const list = [...stepsOf(value)];
    list.splice(to, 0, ...list.splice(from, 1));
    value.steps = list;
  });
  if (open.step === from) open.step = to;
  else if (open.step === to) open.step = from;
  form.again(to < from ? `up-${to}` : `down-${to}`);
}

function take(form: Form, open: Opened, at: number): void {
  form.work.change((value) => {
    value.steps = stepsOf(value).filter((_, n) => n !== at);
  });
  open.step = -1;
  form.again("add-step");
}

function dragging(element: HTMLElement, form: Form, open: Opened, at: number): void {
  element.addEventListener("dragstart", (event) => event.dataTransfer?.setData("text/plain", `${at}`));
  element.addEventListener("dragover", (event) => event.preventDefault());
  element.addEventListener("drop", (event) => {
    event.preventDefault();
    const from = Number(event.dataTransfer?.getData("text/plain"));
    if (Number.isInteger(from) && from !== at && from < stepsOf(form.work.value).length) move(form, open, from, at);
  });
}

function inside(form: Form, step: Value, at: number, marker: Marker): HTMLElement {
  const { words, work } = form;
  const path = `steps[${at}]`;
  return h(
    "div",
    { class: "inside" },
    target(form, step, path, marker),
    text(form, step, "title", { label: words.heading, path: `${path}.title` }),
    prose(
      form,
      step,
      "body",
      { label: words.body, path: `${path}.body` },
      () => work.answer?.drawn?.steps[at]?.body_html,
    ),
    ...advance(form, step, path),
  );
}

/** What leads on to the next step. Ways that are not offered here stay as they are. */
function advance(form: Form, step: Value, path: string): HTMLElement[] {
  const { words } = form;
  const held = (step.advance ?? {}) as Value;
  const on = String(held.on ?? "next");
  const ways: [string, string][] = [
    ["next", words.by_next],
    ["click", words.by_click],
    ["input", words.by_input],
    ["event", words.by_event],
  ];
  if (!ways.some(([name]) => name === on)) ways.push([on, on]);
  const set = (chosen: string) => {
    if (chosen === "next") delete step.advance;
    else step.advance = chosen === on ? held : { on: chosen };
  };
  const named = plain(
    form,
    { label: words.event, path: `${path}.advance.event` },
    () => String(held.event ?? ""),
    (typed) => {
      step.advance = { ...(step.advance as Value), event: typed };
    },
  );
  return [
    choice(form, { label: words.advance, path: `${path}.advance` }, ways, on, set),
    ...(on === "event" ? [named] : []),
  ];
}
