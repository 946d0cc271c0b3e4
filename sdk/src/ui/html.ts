/** Making elements without `innerHTML`: nothing that a text says can become code. */
import { guard } from "../core/guard";

export type Child = Node | string | null | false | undefined;
type Attributes = Record<string, string | ((event: Event) => void)>;

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, guard(value));
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child): child is Node | string => !!child));
  return element;
}

const CROSS = "M6 6l12 12M18 6L6 18";
const SVG = "http://www.w3.org/2000/svg";

/** A drawing of one line, 24 units wide. */
export function icon(path: string): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/** The button in the corner of a card. */
export const cross = (label: string, click: () => void, path = CROSS): HTMLElement =>
  h("button", { class: "close", "aria-label": label, click }, icon(path));

/** What Markdown makes, and the server lets through (`delivery/markdown.py`). */
const ALLOWED = /^(A|BLOCKQUOTE|BR|CODE|EM|H[1-4R]|IMG|LI|[OU]L|P|PRE|STRONG)$/;

interface TrustedTypes {
  createPolicy(name: string, rules: typeof AS_IT_IS): typeof AS_IT_IS;
}
const factory = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
const AS_IT_IS = { createHTML: (text: string) => text };
let policy: typeof AS_IT_IS | undefined;

/** The nodes of a text in HTML. The server has sanitised it; whatever is not plain text markup is dropped once more. */
export const fromHtml = (html: string): (Node | string)[] => copies(parse(html));

/** Where the page allows no policy of ours, the words without their markup. */
function parse(html: string): Node {
  try {
    policy ??= factory?.createPolicy("milepost", AS_IT_IS) ?? AS_IT_IS;
    return new DOMParser().parseFromString(policy.createHTML(html), "text/html").body;
  } catch {
    return h("div", {}, html.replace(/<[^>]*>/g, ""));
  }
}

function copies(node: Node): (Node | string)[] {
  return [...node.childNodes].flatMap((child): (Node | string)[] => {
    if (child instanceof Text) return [child.data];
    return child instanceof Element && ALLOWED.test(child.tagName) ? [copy(child)] : [];
  });
}

function copy(from: Element): Element {
  const to = document.createElement(from.tagName);
  for (const name of ["href", "src"]) {
    const address = from.getAttribute(name);
    if (address && harmless(address)) to.setAttribute(name, address);
  }
  if (from instanceof HTMLImageElement) to.setAttribute("alt", from.alt);
  to.append(...copies(from));
  return to;
}

/** Whether an address leads somewhere, in place of running something. */
export const harmless = (address: string): boolean => /^(https?:|mailto:|tel:|\/|#)/i.test(address);

/** A link: to another site in a tab of its own, so that nobody loses the page; nothing where the address could do harm. */
export function link(address: string, attributes: Attributes, text: string): HTMLAnchorElement | null {
  if (!harmless(address)) return null;
  const away = new URL(address, location.href).origin !== location.origin;
  return h("a", { href: address, ...(away && { target: "_blank", rel: "noopener" }), ...attributes }, text);
}

export const heading = (text: string): HTMLElement => h("h2", { id: "title" }, text);
export const prose = (html: string): HTMLElement | null =>
  html ? h("div", { class: "text" }, ...fromHtml(html)) : null;

/** What a selector finds; one that is none finds nothing. */
export function all(selector: string): Element[] {
  try {
    return [...document.querySelectorAll(selector)];
  } catch {
    return [];
  }
}

/** On the page and not hidden; it may be empty. */
export function drawn(element: Element): boolean {
  const shown = element.checkVisibility?.({ visibilityProperty: true, opacityProperty: true }) ?? true;
  return element.isConnected && shown;
}
