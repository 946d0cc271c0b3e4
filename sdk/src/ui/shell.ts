/** The one element that Milepost adds to a page: a shadow root (open: tools that check a page must see it) in the top layer, with a stylesheet of its own. */

import type { Body, Contact } from "../types";
import { h } from "./html";
import css from "./style.css";

let sheet: CSSStyleSheet | null = null;

export class Shell {
  private _host = document.createElement("div");
  private _root = this._host.attachShadow({ mode: "open" });
  private _live = h("div", { class: "live", "aria-live": "polite" });
  private _before = document.activeElement as HTMLElement | null;
  readonly stage: HTMLElement;

  constructor(body: Body) {
    sheet ??= stylesheet();
    this._root.adoptedStyleSheets = [sheet];
    this.stage = h("div", { class: "stage", lang: body.lang, dir: body.dir, "data-theme": theme() });
    this._root.append(this.stage, this._live);
    if ("popover" in this._host) this._host.setAttribute("popover", "manual");
  }

  /** Puts itself above everything; into the modal dialog that is open, since the rest of the page is inert then. */
  mount(): void {
    const modals = document.querySelectorAll("dialog:modal");
    const parent = modals[modals.length - 1] ?? document.body;
    if (this._host.parentNode === parent) return;
    parent.append(this._host);
    this._host.showPopover?.();
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
    this._host.remove();
    if (inside) this._before?.focus({ preventScroll: true });
  }
}

/** The contact card: the last line of every piece. */
export function contactLine(contact: Contact | null, help: string): Node | null {
  if (!contact) return null;
  const address = contact.telegram_url || `mailto:${contact.email}`;
  const name = h("a", { href: address, target: "_blank", rel: "noopener" }, contact.name);
  const initial = h("span", { class: "face", "aria-hidden": "true" }, contact.name.trim().charAt(0));
  return h("p", { class: "contact" }, initial, h("span", {}, `${help} `, name, contact.hours && ` · ${contact.hours}`));
}

/** Resolves when what was put on the page has been painted. */
export function painted(): Promise<void> {
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())));
}

export const calm = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

function stylesheet(): CSSStyleSheet {
  const made = new CSSStyleSheet();
  made.replaceSync(css);
  return made;
}

/** Dark on a dark page, whatever the system prefers: the page is what people look at. */
function theme(): "light" | "dark" {
  for (const element of [document.body, document.documentElement]) {
    const [r = 0, g = 0, b = 0, alpha = 1] = (getComputedStyle(element).backgroundColor.match(/[\d.]+/g) ?? []).map(
      Number,
    );
    if (alpha > 0.5) return 0.299 * r + 0.587 * g + 0.114 * b < 128 ? "dark" : "light";
  }
  const scheme = getComputedStyle(document.documentElement).colorScheme;
  return scheme.includes("dark") && matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}
