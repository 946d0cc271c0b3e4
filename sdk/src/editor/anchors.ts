/**
 * What finds an element again: selectors and anchors, best first, each with a score. What somebody wrote for tests comes
 * first, then ids, names, attributes with a meaning, role and name, and a short path at last; never a class.
 *
 * | score | meaning |
 * |---|---|
 * | 80 and more | precise: it will be found after the next release of the page too |
 * | 50 to 79 | good while nobody rearranges or translates the page |
 * | less | brittle: a warning says why |
 */
import type { Target } from "../types";
import { seek } from "../ui/anchors";
import { numbered, stable } from "./stable";

/** `several`: it finds others too; `words`: it is in the page's language; `place`: it depends on what stands around it;
 * `number`: it is one of several alike. */
export type Doubt = "several" | "words" | "place" | "number";

/** As it is written in the program: a CSS selector, or what finds it otherwise. */
export type On = string | { test_id?: string; role?: string; name?: Words; text?: Words; within?: string };
type Words = string | Record<string, string>;

export interface Anchor {
  on: On;
  score: number;
  /** How many elements it finds now. */
  found: number;
  doubts: Doubt[];
}

export const BRITTLE = 50;
const MOST = 4;
const LONGEST = 60;
const LONGEST_NAME = 40;
const DEEPEST = 4;
const SEVERAL = 25;
const NUMBER = 25;

type Draft = Pick<Anchor, "on" | "score" | "doubts">;
type Plain = Draft & { on: string };

const TEST_IDS = ["data-testid", "data-test-id", "data-test", "data-cy", "data-qa"];
/** What has a role without saying so, of what people press and fill in. */
const ROLES: [string, string][] = [
  ["button", "button, summary, input:is([type=button], [type=submit], [type=reset])"],
  ["link", "a[href]"],
  ["checkbox", "input[type=checkbox]"],
  ["combobox", "select:not([multiple])"],
  ["textbox", "textarea, input:not([type]), input:is([type=text], [type=email], [type=tel], [type=url])"],
  ["heading", "h1, h2, h3"],
];
/** What changes while the page is used, or belongs to a framework. */
const PASSING =
  /^data-(v-|react|radix|state|active|selected|open|focus|hover|highlighted|headlessui|theme|index|loading|disabled|orientation|side|align|milepost|ng|svelte|astro|turbo|placement|popper|hk|n-head|server-rendered|emotion|styled|key|position)/;

/** `plain`: CSS selectors alone, for pieces that take nothing else. */
export function anchors(element: Element, plain = false): Anchor[] {
  const named = plain ? [] : [...byTestName(element), ...byRole(element)];
  const found = [...named, ...own(element), ...inside(element), ...path(element)].flatMap((draft) =>
    judged(draft, element),
  );
  const best = new Map<string, Anchor>();
  for (const anchor of found.sort((a, b) => b.score - a.score)) {
    if (!best.has(keyOf(anchor.on))) best.set(keyOf(anchor.on), anchor);
  }
  return [...best.values()].slice(0, MOST);
}

/** How well something will do that was written down before, or typed. */
export function weighed(on: On): Anchor {
  const found = look(on);
  const [element] = found;
  const known = element && anchors(element, typeof on === "string").find((each) => keyOf(each.on) === keyOf(on));
  return known ?? guessed(on, found.length);
}

export const keyOf = (on: On): string => JSON.stringify(on);

/** What it finds now, in shadow roots and frames too. */
export const look = (on: On): Element[] => seek(target(on));

/** As the browser is given it: of a text in several languages any one will do. */
function target(on: On): Target {
  if (typeof on === "string") return on;
  const { text, name, ...rest } = on;
  return { ...rest, ...(text && { text: anyOf(text) }), ...(name && { name: anyOf(name) }) };
}

const anyOf = (words: Words): string[] => (typeof words === "string" ? [words] : Object.values(words));

function guessed(on: On, found: number): Anchor {
  if (typeof on !== "string") {
    const score = on.test_id ? 98 : on.role ? 64 : 45;
    return { on, found, score, doubts: on.test_id ? [] : ["words"] };
  }
  const place = /nth-|>|~|\+/.test(on);
  const id = /#((?:[\w-]|\\.)+)$/.exec(on)?.[1]?.replace(/\\/g, "");
  const doubts: Doubt[] = [...(found > 1 ? (["several"] as const) : []), ...(place ? (["place"] as const) : [])];
  const base = place ? 45 : id && !stable(id) ? 30 : /\.[a-z]/i.test(on) ? 55 : 85;
  return { on, found, doubts, score: found > 1 ? Math.min(base, SEVERAL) : base };
}

const count = (on: On): number => look(on).length;

/** What the element says of itself. */
function own(element: Element): Plain[] {
  return [
    ...byTestId(element),
    ...byId(element),
    ...byName(element),
    ...byAddress(element),
    ...byLabel(element),
    ...byData(element),
  ];
}

function byTestName(element: Element): Draft[] {
  const value = TEST_IDS.map((name) => element.getAttribute(name)).find((each) => !!each);
  return value && stable(value) ? [known({ test_id: value }, 99, value)] : [];
}

/** As a screen reader tells it. Its name is in one language. */
function byRole(element: Element): Draft[] {
  const role = element.getAttribute("role") ?? ROLES.find(([, like]) => element.matches(like))?.[0];
  const name = nameOf(element);
  return role && name ? [{ on: { role, name }, score: 64, doubts: ["words"] }] : [];
}

/** Short, and the same tomorrow: a name with a number in it counts something. */
function nameOf(element: Element): string {
  const [label] = (element as HTMLInputElement).labels ?? [];
  const said = element.getAttribute("aria-label") ?? label?.textContent ?? element.textContent ?? "";
  const name = said.replace(/\s+/g, " ").trim();
  return name.length > LONGEST_NAME || /\d/.test(name) ? "" : name;
}

const byTestId = (element: Element): Plain[] =>
  TEST_IDS.flatMap((name) => {
    const value = element.getAttribute(name);
    return value && stable(value) ? [known(`[${name}=${quoted(value)}]`, 98, value)] : [];
  });

const byId = ({ id }: Element): Plain[] => (stable(id) ? [known(`#${CSS.escape(id)}`, 92, id)] : []);

function byName(element: Element): Plain[] {
  const name = element.getAttribute("name");
  return name && stable(name) ? [known(`${tag(element)}[name=${quoted(name)}]`, 84, name)] : [];
}

/** A link to a page of this very site. */
function byAddress(element: Element): Plain[] {
  const address = element.getAttribute("href");
  if (!address || !/^\/[\w/-]*$/.test(address) || !address.split("/").every((part) => !part || stable(part))) return [];
  return [known(`${tag(element)}[href=${quoted(address)}]`, 78, "")];
}

function byLabel(element: Element): Plain[] {
  const role = element.getAttribute("role");
  const label = element.getAttribute("aria-label") ?? "";
  const named = `${tag(element)}[aria-label=${quoted(label)}]`;
  return [
    ...(label && label.length <= LONGEST && !/\d/.test(label) ? [draft(named, 68, "words")] : []),
    ...(role && /^[a-z]+$/.test(role) ? [draft(`[role=${quoted(role)}]`, 62)] : []),
  ];
}

function byData(element: Element): Plain[] {
  return [...element.attributes]
    .filter(({ name }) => name.startsWith("data-") && !PASSING.test(name) && !TEST_IDS.includes(name))
    .flatMap(({ name, value }) =>
      value === ""
        ? [known(`[${name}]`, 72, "")]
        : stable(value)
          ? [known(`[${name}=${quoted(value)}]`, 76, value)]
          : [],
    );
}

/** What it is inside of something that has a name of its own: `#sign-up button[type="submit"]`. */
function inside(element: Element): Draft[] {
  const [held, around] = holder(element);
  if (!held) return [];
  const type = element.getAttribute("type");
  const kinds = type && stable(type) ? [`${tag(element)}[type=${quoted(type)}]`, tag(element)] : [tag(element)];
  const weak = [...byLabel(element), ...byData(element)].map(({ on }) => on);
  const scale = held.score / 100;
  const drafts: Draft[] = [...kinds, ...weak].map((on) => ({
    on: `${held.on} ${on}`,
    score: Math.round(80 * scale),
    doubts: held.doubts,
  }));
  const steps = around && ladder(element, around);
  if (steps)
    drafts.push({ on: `${held.on} > ${steps}`, score: Math.round(48 * scale), doubts: [...held.doubts, "place"] });
  return drafts.filter(({ on }) => count(on) === 1);
}

/** The nearest element around it that has one precise name. */
function holder(element: Element): [Plain | null, Element | null] {
  for (let around = element.parentElement; around && around !== document.body; around = around.parentElement) {
    const [draft] = [...byTestId(around), ...byId(around), ...byName(around)].filter(({ on }) => count(on) === 1);
    if (draft) return [draft, around];
  }
  return [null, null];
}

/** As few levels as find it and nothing else; all of them where none do. */
function path(element: Element): Draft[] {
  let on = "";
  let at: Element | null = element;
  for (let depth = 0; at && at !== document.documentElement && depth < DEEPEST; depth++, at = at.parentElement) {
    on = on ? `${level(at)} > ${on}` : level(at);
    if (count(on) === 1) break;
  }
  return [{ on, score: 34, doubts: ["place"] }];
}

/** From an element around it down to it. Absent: null when it is too far. */
function ladder(element: Element, around: Element): string | null {
  const steps: string[] = [];
  for (let at: Element | null = element; at && at !== around; at = at.parentElement) steps.unshift(level(at));
  return steps.length <= DEEPEST ? steps.join(" > ") : null;
}

function level(element: Element): string {
  const alike = [...(element.parentElement?.children ?? [])].filter((each) => each.tagName === element.tagName);
  return alike.length > 1 ? `${tag(element)}:nth-of-type(${alike.indexOf(element) + 1})` : tag(element);
}

/** Lower for what is not the only one; gone for what finds another one first. */
function judged(draft: Draft, element: Element): Anchor[] {
  const all = look(draft.on);
  if (all[0] !== element) return [];
  const alike = typeof draft.on === "string" ? all : all.filter((each) => nameOf(each) === nameOf(element));
  if (alike.length === 1) return [{ ...draft, found: 1 }];
  return [
    { ...draft, found: alike.length, score: Math.min(SEVERAL, draft.score), doubts: [...draft.doubts, "several"] },
  ];
}

const draft = (on: string, score: number, ...doubts: Doubt[]): Plain => ({ on, score, doubts });
const known = <T extends On>(on: T, score: number, name: string): Draft & { on: T } =>
  numbered(name) ? { on, score: score - NUMBER, doubts: ["number"] } : { on, score, doubts: [] };
const tag = (element: Element): string => element.localName;
const quoted = (value: string): string => `"${value.replace(/["\\]/g, "\\$&")}"`;
