/** The form of one piece, by its kind: what can be said on the page itself. The rest of the definition stays as it is. */
import { h } from "../ui/html";
import { choice, type Form, plain, problems, prose, text } from "./fields";
import type { Marker } from "./marker";
import { type Opened, steps } from "./steps";
import { target } from "./target";
import type { Bench, Value } from "./types";
import { put } from "./value";

type Part = HTMLElement;

export function parts(form: Form, bench: Bench, open: Opened, marker: Marker): Part[] {
  const { value, kind } = form.work;
  return [
    problems(form, ""),
    ...(kind === "guide" ? [steps(form, open, marker, bench.milestones)] : (KINDS[kind]?.(form, value, marker) ?? [])),
    h("details", { class: "more-fields" }, h("summary", {}, form.words.when), ...moments(form, bench, value)),
  ];
}

const KINDS: Record<string, (form: Form, value: Value, marker: Marker) => Part[]> = {
  hint: (form, value, marker) => [
    target(form, value, "", marker, "several"),
    heading(form, value),
    body(form, value, "body", form.words.body),
    choice(
      form,
      { label: form.words.look, path: "as" },
      [
        ["beacon", form.words.beacon],
        ["inline", form.words.inline],
      ],
      String(value.as ?? "beacon"),
      (chosen) => put(value, "as", chosen, "beacon"),
    ),
  ],
  term: (form, value, marker) => [
    text(form, value, "text", { label: form.words.word, path: "text" }),
    body(form, value, "explain", form.words.explain),
    target(form, value, "", marker, "several"),
  ],
  banner: (form, value) => [
    heading(form, value),
    body(form, value, "body", form.words.body),
    choice(
      form,
      { label: form.words.place, path: "place" },
      [
        ["top", form.words.top],
        ["bottom", form.words.bottom],
      ],
      String(value.place ?? "top"),
      (chosen) => put(value, "place", chosen, "top"),
    ),
  ],
  "empty-state": (form, value, marker) => [
    target(form, value, "", marker, "one"),
    heading(form, value),
    body(form, value, "body", form.words.body),
    ...act(form, value),
  ],
};

const heading = (form: Form, value: Value): Part =>
  text(form, value, "title", { label: form.words.heading, path: "title" });

const body = (form: Form, value: Value, name: string, label: string): Part =>
  prose(form, value, name, { label, path: name }, () => form.work.answer?.drawn?.body_html);

/** The first button of an empty state; what else its buttons do is written in the console. */
function act(form: Form, value: Value): Part[] {
  const all = Array.isArray(value.actions) ? (value.actions as Value[]) : [];
  const first = all[0] ?? {};
  const write = (name: string, typed: string) => {
    first[name] = typed;
    value.actions = [first, ...all.slice(1)];
  };
  const { words } = form;
  const said =
    typeof first.text === "object"
      ? text(form, first, "text", { label: words.button, path: "actions[0].text" })
      : plain(
          form,
          { label: words.button, path: "actions[0].text" },
          () => String(first.text ?? ""),
          (typed) => write("text", typed),
        );
  if (first.start || first.use_template) return [said];
  return [
    said,
    plain(
      form,
      { label: words.address, path: "actions[0].url" },
      () => String(first.url ?? ""),
      (typed) => write("url", typed),
    ),
  ];
}

/** Where, when and what for. A condition that is more than the program's start is written in the console. */
function moments(form: Form, bench: Bench, value: Value): Part[] {
  const { words } = form;
  const page = (value.page ?? {}) as Value;
  const url = plain(
    form,
    { label: words.url, path: "page.url", hint: words.url_hint },
    () => [page.url ?? ""].flat().join(", "),
    (typed) => patterns(value, typed),
  );
  const now = value.when === undefined ? "asked" : same(value.when, bench.start) ? "start" : "kept";
  const ways: [string, string][] = [
    ["asked", words.when_asked],
    ["start", words.when_start],
  ];
  if (now === "kept") ways.push(["kept", form.work.answer?.when || words.when_kept]);
  const when = choice(form, { label: words.comes, path: "when" }, ways, now, (chosen) => {
    if (chosen === "asked") delete value.when;
    else if (chosen === "start") value.when = structuredClone(bench.start);
  });
  const goals: [string, string][] = [
    ["", words.nothing],
    ...bench.milestones.map(({ key, title }): [string, string] => [key, title]),
  ];
  const serves = choice(form, { label: words.serves, path: "serves" }, goals, String(value.serves ?? ""), (chosen) =>
    put(value, "serves", chosen, ""),
  );
  return [url, when, serves];
}

function patterns(value: Value, typed: string): void {
  const page = { ...((value.page ?? {}) as Value) };
  const urls = typed.split(/[\s,]+/).filter(Boolean);
  if (urls.length) page.url = urls.length > 1 ? urls : urls[0];
  else delete page.url;
  put(value, "page", Object.keys(page).length ? page : "", "");
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
