/** Where a step leads: to the one below, to another one, to the end, or where its own buttons say. */
import { h } from "../ui/html";
import { fill } from "../ui/words";
import { button, choice, type Form, plain, text } from "./fields";
import type { Value } from "./types";
import { put, stepsOf } from "./value";

const END = "end";

export function branches(form: Form, step: Value, at: number): HTMLElement {
  const { words } = form;
  const path = `steps[${at}]`;
  const ways = Array.isArray(step.buttons) ? (step.buttons as Value[]) : [];
  const add = () => {
    form.work.change(() => {
      step.buttons = [...ways, { text: "", go: END }];
    });
    form.again(`field-steps-${at}-buttons-${ways.length}-text`);
  };
  const said = ["then", "buttons", "as", "missing"].some((name) => name in step);
  const looks: [string, string][] = [
    ["", words.as_usual],
    ["tooltip", words.as_tooltip],
    ["modal", words.as_modal],
    ["spotlight", words.as_spotlight],
    ["pointer", words.as_pointer],
    ["embedded", words.as_embedded],
  ];
  if (step.as === "video") looks.push(["video", words.as_video]);
  const missing: [string, string][] = [
    ["card", words.missing_card],
    ["skip", words.missing_skip],
    ["end", words.missing_end],
  ];
  return h(
    "details",
    { class: "branches", ...(said && { open: "" }) },
    h("summary", {}, words.more),
    h(
      "div",
      { class: "inside" },
      leads(form, step, at, "then", words.then, `${path}.then`, [["", words.then_below]]),
      ...ways.map((way, n) => oneWay(form, step, at, way, n)),
      button(words.add_button, add, "quiet", { id: `add-button-${at}` }),
      choice(form, { label: words.look, path: `${path}.as` }, looks, String(step.as ?? ""), (chosen) =>
        put(step, "as", chosen, ""),
      ),
      choice(
        form,
        { label: words.missing, path: `${path}.missing` },
        missing,
        String(step.missing ?? "card"),
        (chosen) => put(step, "missing", chosen, "card"),
      ),
    ),
  );
}

/** One button. What it does besides leading somewhere (`start`) stays as it is written. */
function oneWay(form: Form, step: Value, at: number, way: Value, n: number): HTMLElement {
  const { words } = form;
  const path = `steps[${at}].buttons[${n}]`;
  const remove = () => {
    form.work.change(() => {
      const left = (step.buttons as Value[]).filter((each) => each !== way);
      if (left.length) step.buttons = left;
      else delete step.buttons;
    });
    form.again(`add-button-${at}`);
  };
  const address = plain(
    form,
    { label: words.address, path: `${path}.url` },
    () => String(way.url ?? ""),
    (typed) => {
      way.url = typed;
    },
  );
  return h(
    "fieldset",
    {},
    h("legend", {}, words.button),
    text(form, way, "text", { label: words.heading, path: `${path}.text` }),
    way.start ? null : way.url !== undefined ? address : leads(form, way, at, "go", words.leads_to, `${path}.go`, []),
    button(words.remove, remove, "quiet", { "aria-label": `${words.remove}: ${fill(words.button_n, { n: n + 1 })}` }),
  );
}

/** A choice among the steps: whoever is chosen gets a key to be named by. */
function leads(
  form: Form,
  holder: Value,
  at: number,
  name: string,
  label: string,
  path: string,
  first: [string, string][],
): HTMLElement {
  const { words, work } = form;
  const list = stepsOf(work.value);
  const steps = list.map((step, n): [string, string] => [
    keyed(step, n),
    `${n + 1}. ${work.read(step, "title", form.main) || fill(words.step, { n: n + 1 })}`,
  ]);
  const options = [...first, ...steps.filter((_, n) => n !== at), [END, words.then_end] as [string, string]];
  return choice(form, { label, path }, options, String(holder[name] ?? ""), (chosen) => {
    const goal = list.find((step, n) => keyed(step, n) === chosen);
    if (goal) goal.key = chosen;
    put(holder, name, chosen, "");
  });
}

const keyed = (step: Value, n: number): string => String(step.key ?? `step-${n + 1}`);
