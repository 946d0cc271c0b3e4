/** The steps of a guide: a list of which one is open, ordered by buttons or by dragging. */
import { h } from "../ui/html";
import { fill } from "../ui/words";
import { branches } from "./branches";
import { button, choice, type Form, plain, problems, prose, text } from "./fields";
import type { Marker } from "./marker";
import { target } from "./target";
import type { Choice, Value } from "./types";
import { stepsOf } from "./value";

export interface Opened {
  step: number;
}

export function steps(form: Form, open: Opened, marker: Marker, milestones: Choice[]): HTMLElement {
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
    h("ol", {}, ...list.map((step, at) => row(form, open, marker, step, at, milestones))),
    list.length === 0 && problems(form, "steps"),
    button(words.add_step, add, "quiet wide", { id: "add-step" }),
  );
}

function row(form: Form, open: Opened, marker: Marker, step: Value, at: number, milestones: Choice[]): HTMLElement {
  const total = stepsOf(form.work.value).length;
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
    isOpen && inside(form, step, at, marker, milestones),
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

function inside(form: Form, step: Value, at: number, marker: Marker, milestones: Choice[]): HTMLElement {
  const { words, work } = form;
  const path = `steps[${at}]`;
  return h(
    "div",
    { class: "inside" },
    target(form, step, path, marker, "anything"),
    text(form, step, "title", { label: words.heading, path: `${path}.title` }),
    prose(
      form,
      step,
      "body",
      { label: words.body, path: `${path}.body` },
      () => work.answer?.drawn?.steps[at]?.body_html,
    ),
    ...advance(form, step, path, milestones),
    branches(form, step, at),
  );
}

/** What leads on to the next step, and what it needs to know for that. */
function advance(form: Form, step: Value, path: string, milestones: Choice[]): HTMLElement[] {
  const { words } = form;
  const held = (step.advance ?? {}) as Value;
  const on = String(held.on ?? "next");
  const ways: [string, string][] = [
    ["next", words.by_next],
    ["click", words.by_click],
    ["input", words.by_input],
    ["event", words.by_event],
    ["milestone", words.by_milestone],
    ["url", words.by_url],
    ["appears", words.by_appears],
    ["disappears", words.by_disappears],
  ];
  const set = (chosen: string) => {
    if (chosen === "next") delete step.advance;
    else if (chosen !== on) step.advance = { on: chosen };
  };
  return [
    choice(form, { label: words.advance, path: `${path}.advance` }, ways, on, set),
    ...needs(form, step, path, on, milestones),
  ];
}

function needs(form: Form, step: Value, path: string, on: string, milestones: Choice[]): HTMLElement[] {
  const { words } = form;
  const held = (step.advance ?? {}) as Value;
  const typed = (name: string, label: string) =>
    plain(
      form,
      { label, path: `${path}.advance.${name}` },
      () => [held[name] ?? ""].flat().join(", "),
      (now) => {
        step.advance = { ...(step.advance as Value), [name]: now };
      },
    );
  if (on === "event") return [typed("event", words.event)];
  if (on === "url") return [typed("url", words.url)];
  if (on === "appears" || on === "disappears") return [typed("element", words.selector)];
  if (on !== "milestone") return [];
  const options = [["", words.nothing], ...milestones.map(({ key, title }) => [key, title])] as [string, string][];
  const label = words.by_milestone;
  return [
    choice(form, { label, path: `${path}.advance.milestone` }, options, String(held.milestone ?? ""), (chosen) => {
      step.advance = { ...(step.advance as Value), milestone: chosen };
    }),
  ];
}
