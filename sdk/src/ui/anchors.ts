/** Targets that a selector of the page alone does not find: words, roles and test ids, shadow roots and frames. */
import type { Anchor, Target } from "../types";
import type { Rect } from "./place";

type Root = Document | ShadowRoot;

/** How long the roots of a page are believed to be the same. */
const FRESH_MS = 300;
const TEST_IDS = ["data-testid", "data-test-id", "data-test", "data-cy", "data-qa"];
/** What people press or fill in: a word inside means the whole of it. */
const WHOLE = "a, button, summary, label, input, select, textarea, [role], [tabindex]";
/** Which elements have a role without saying so. */
const ROLES: Record<string, string> = {
  button: "button, summary, input:is([type=button], [type=submit], [type=reset], [type=image])",
  link: "a[href], area[href]",
  textbox: "textarea, input:not([type]), input:is([type=text], [type=email], [type=tel], [type=url], [type=password])",
  searchbox: "input[type=search]",
  checkbox: "input[type=checkbox]",
  radio: "input[type=radio]",
  combobox: "select:not([multiple]), input[list]",
  listbox: "select[multiple]",
  option: "option",
  slider: "input[type=range]",
  spinbutton: "input[type=number]",
  heading: "h1, h2, h3, h4, h5, h6",
  img: "img, svg",
  list: "ul, ol",
  listitem: "li",
  navigation: "nav",
  main: "main",
  table: "table",
  row: "tr",
  cell: "td",
  columnheader: "th",
  dialog: "dialog",
  article: "article",
  form: "form",
  progressbar: "progress",
};

/** What a target finds, best first: what fits exactly before what only holds the words, what is near before what lies in
 * shadow roots and frames. */
export function seek(target: Target): Element[] {
  if (typeof target === "string") return everywhere(target);
  const near = target.within ? everywhere(target.within) : roots();
  return near.flatMap((place) => ranked(place, target));
}

/** Where an element stands in the viewport of this page, one inside a frame too. */
export function box(element: Element): Rect {
  const { left, top, width, height } = element.getBoundingClientRect();
  const home = element.ownerDocument;
  const frame = home !== document && home.defaultView?.frameElement;
  if (!frame) return { left, top, width, height };
  const outer = box(frame);
  return { left: left + outer.left + frame.clientLeft, top: top + outer.top + frame.clientTop, width, height };
}

let known: Root[] = [];
let since = Number.NEGATIVE_INFINITY;

/** The page, and every open shadow root and frame of the same origin in it. */
function roots(): Root[] {
  if (performance.now() - since > FRESH_MS) {
    known = [...inside(document)];
    since = performance.now();
  }
  return known;
}

function* inside(root: Root): Generator<Root> {
  yield root;
  for (const element of root.querySelectorAll("*")) {
    if (element.shadowRoot) yield* inside(element.shadowRoot);
    const page = element.localName === "iframe" && pageOf(element as HTMLIFrameElement);
    if (page) yield* inside(page);
  }
}

function pageOf(frame: HTMLIFrameElement): Document | null {
  try {
    return frame.contentDocument;
  } catch {
    return null;
  }
}

function everywhere(selector: string): Element[] {
  return roots().flatMap((root) => all(root, selector));
}

function all(root: ParentNode, selector: string): Element[] {
  try {
    return [...root.querySelectorAll(selector)];
  } catch {
    return [];
  }
}

function ranked(place: ParentNode, anchor: Anchor): Element[] {
  const wanted = candidates(place, anchor).map((element) => [score(element, anchor), element] as const);
  return wanted
    .filter(([fit]) => fit > 0)
    .sort(([a], [b]) => b - a)
    .map(([, element]) => element);
}

function candidates(place: ParentNode, { text, role, test_id }: Anchor): Element[] {
  if (test_id) return all(place, TEST_IDS.map((name) => `[${name}="${CSS.escape(test_id)}"]`).join());
  if (role) return all(place, [`[role="${CSS.escape(role)}"]`, ROLES[role]].filter(Boolean).join());
  return text ? worded(place, text) : [];
}

function score(element: Element, { text, role, name }: Anchor): number {
  if (role && element.getAttribute("role") && element.getAttribute("role") !== role) return 0;
  const said = role ? nameOf(element) : own(element);
  const wanted = role ? name : text;
  const fit = wanted ? Math.max(...wanted.map((words) => fitting(said, words))) : 1;
  return element.matches(":disabled, [aria-hidden=true] *") ? fit / 2 : fit;
}

/** From 0 (not at all) to 4 (to the letter). */
function fitting(said: string, wanted: string): number {
  const [a, b] = [flat(said), flat(wanted)];
  if (a === b) return 4;
  const [low, sought] = [a.toLocaleLowerCase(), b.toLocaleLowerCase()];
  if (low === sought) return 3;
  if (low.startsWith(sought)) return 2;
  return low.includes(sought) ? 1 : 0;
}

/** The innermost elements that hold these words; where they stand in something to press, that. */
function worded(place: ParentNode, wanted: string[]): Element[] {
  const found = new Set<Element>();
  const holds = (element: Element) => wanted.some((words) => fitting(own(element), words));
  for (const element of all(place, "*")) {
    if (UNREAD.has(element.localName) || !holds(element)) continue;
    if ([...element.children].some((child) => !UNREAD.has(child.localName) && holds(child))) continue;
    found.add(element.closest(WHOLE) ?? element);
  }
  return [...found];
}

const UNREAD = new Set(["script", "style", "template", "noscript", "html", "head", "body", "title"]);

/** What can be read on it. */
function own(element: Element): string {
  const { value, placeholder, type } = element as HTMLInputElement;
  if (element.localName !== "input") return element.textContent ?? "";
  return /^(button|submit|reset)$/.test(type) ? value : placeholder;
}

/** What a screen reader calls it, near enough. */
function nameOf(element: Element): string {
  const root = element.getRootNode() as Root;
  const by = (element.getAttribute("aria-labelledby") ?? "").split(/\s+/).map((id) => id && root.getElementById(id));
  const labels = [...((element as HTMLInputElement).labels ?? [])];
  return (
    texts(by) ||
    element.getAttribute("aria-label") ||
    texts(labels) ||
    element.getAttribute("alt") ||
    own(element) ||
    element.getAttribute("title") ||
    ""
  );
}

function texts(elements: (Element | "" | null)[]): string {
  return elements
    .map((element) => (element ? element.textContent : ""))
    .join(" ")
    .trim();
}

const flat = (text: string): string => text.replace(/\s+/g, " ").trim();
