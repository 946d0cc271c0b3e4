/**
 * The element that Milepost adds to a page for a piece: a shadow root (open: tools that check a page must see it) in the
 * top layer, or inside an element of the page, with stylesheets of its own.
 */
import type { Body, Piece, Stage } from "../types";
import { type Child, h } from "./html";
import css from "./style.css";

const sheets = new Map<string, CSSStyleSheet>();

export class Shell {
  readonly host = document.createElement("div");
  private _root = this.host.attachShadow({ mode: "open" });
  private _live = h("div", { class: "live", "aria-live": "polite" });
  private _before = document.activeElement as HTMLElement | null;
  readonly stage: HTMLElement;

  /** `more`: the styles of this kind of piece. `inside`: an element of the page whose colours it suits. */
  constructor(body: Pick<Body, "lang" | "dir">, more = "", inside: Element | null = null) {
    this._root.adoptedStyleSheets = [css, more].map(stylesheet);
    this.stage = h("div", { class: "stage", lang: body.lang, dir: body.dir, "data-theme": theme(inside) });
    this._root.append(this.stage, this._live);
  }

  /** More styles, for what is drawn later. */
  dress(more: string): void {
    const sheet = stylesheet(more);
    const known = this._root.adoptedStyleSheets;
    if (!known.includes(sheet)) this._root.adoptedStyleSheets = [...known, sheet];
  }

  /** Stands at the end of an element of the page; `above` everything else, if need be. */
  stand(inside: Element, above = false): void {
    if (this.host.parentNode === inside) return;
    this.host.toggleAttribute("data-inline", !above);
    this.host.removeAttribute("popover");
    if (above) this.host.setAttribute("popover", "manual");
    inside.append(this.host);
    if (above) this.host.showPopover?.();
  }

  /** Puts itself above everything; into the modal dialog that is open, since the rest of the page is inert then. */
  mount(): void {
    const modals = [...document.getElementsByTagName("dialog")].filter((dialog) => dialog.matches(":modal"));
    this.stand(modals.pop() ?? document.body, true);
  }

  /** Whether something inside has the focus. */
  get focused(): Element | null {
    return this._root.activeElement;
  }

  /** Says it to those who listen to the page. */
  announce(text: string): void {
    setTimeout(() => {
      this._live.textContent = text;
    }, 100); // a live region speaks of what changes after it was noticed
  }

  /** The focus goes back to where it was. */
  remove(): void {
    const inside = this.focused;
    this.host.remove();
    if (inside) this._before?.focus({ preventScroll: true });
  }
}

/** What is said of a card when it comes. */
export function spoken(card: Element): string {
  return [...card.querySelectorAll(".count, #title, .text")].map((part) => part.textContent).join(". ");
}

/** A card with a title. `look`: its classes besides. */
export const framed = (look: string, role = "dialog", ...content: Child[]): HTMLElement =>
  h("section", { class: `card ${look}`, role, "aria-labelledby": "title", tabindex: "-1" }, ...content);

/** Resolves when what was put on the page has been painted. */
export function painted(): Promise<void> {
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())));
}

/** Told once, when it has been painted and is `there` still; not again after a reload. */
export async function tellShown(there: () => boolean, piece: Piece, stage: Stage, step?: number): Promise<void> {
  await painted();
  if (piece.status === "waiting" && there()) stage.report("shown", step);
}

export const calm = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

function stylesheet(text: string): CSSStyleSheet {
  const known = sheets.get(text);
  if (known) return known;
  const made = new CSSStyleSheet();
  made.replaceSync(text);
  sheets.set(text, made);
  return made;
}

/** As the page says of itself (`data-theme`), else dark on a dark page, whatever the system prefers: the page is what
 * people look at. */
function theme(inside: Element | null): string {
  const root = document.documentElement;
  const named = root.dataset.theme ?? "";
  if (/^(light|dark)$/.test(named)) return named;
  for (let element: Element | null = inside ?? document.body; element; element = element.parentElement) {
    const [r = 0, g = 0, b = 0, alpha = 1] = (getComputedStyle(element).backgroundColor.match(/[\d.]+/g) ?? []).map(
      Number,
    );
    if (alpha > 0.5) return 3 * r + 6 * g + b < 1280 ? "dark" : "light";
  }
  const dark = getComputedStyle(root).colorScheme.includes("dark");
  return dark && matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}
