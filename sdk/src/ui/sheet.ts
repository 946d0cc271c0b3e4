/**
 * A card that stands by itself: in a corner of the page, or, where it must be read, in the middle with the page at rest
 * behind it.
 */
import { guard } from "../core/guard";
import type { Action, Body, Stage } from "../types";
import { foot } from "./foot";
import { type Child, cross, h } from "./html";
import css from "./sheet.css";
import { framed, Shell, spoken } from "./shell";
import { words } from "./words";

const AT_REST = new CSSStyleSheet();

/** How a person leaves. */
export interface Exits {
  close(): void;
  later?(): void;
  never?(): void;
}

export type Frame = Pick<Body, "lang" | "dir" | "labels" | "contact" | "modal">;

export class Sheet {
  readonly shell: Shell;
  private _card: HTMLElement;
  private _gone = new AbortController();
  private _exits: Exits;
  private _body: Frame;

  constructor(body: Frame, exits: Exits, more = "") {
    this.shell = new Shell(body, css + more);
    this._exits = exits;
    this._body = body;
    this._card = body.modal ? this._modal() : framed("corner");
    this.shell.stage.append(this._card);
    const keys = guard((event: KeyboardEvent) => this._press(event));
    document.addEventListener("keydown", keys, { signal: this._gone.signal });
  }

  /**
   * Draws this in place of what was there. `asked`: by a button, so that the focus belongs here; else the person may be
   * busy on the page. `top` stands in the line of the cross.
   */
  fill(asked: boolean, top: Child, ...content: Child[]): void {
    const { close, later, never } = this._exits;
    const first = !this._card.isConnected;
    this._card.replaceChildren(
      h("div", { class: "top" }, h("span", { class: "count" }, top), cross(words(this._body).close, close)),
      ...nodes(content),
      foot(this._body, later, never),
    );
    this.shell.mount();
    if (first && this._card instanceof HTMLDialogElement) {
      this._card.showModal();
      rest(true);
    }
    if (asked || document.activeElement === document.body || this.shell.focused) this.focus();
    this.shell.announce(spoken(this._card));
  }

  /** From now on there is one way out. */
  end(close: () => void): void {
    this._exits = { close };
  }

  focus(): void {
    this._card.scrollTop = 0;
    this._card.focus({ preventScroll: true });
  }

  /** Whether it can be seen. */
  seen = (): boolean => !this._gone.signal.aborted && this._card.getBoundingClientRect().width > 0;

  query<T extends Element>(selector: string): T | null {
    return this._card.querySelector<T>(selector);
  }

  remove(): void {
    this._gone.abort();
    if (this._card instanceof HTMLDialogElement) rest(false);
    this.shell.remove();
  }

  private _modal(): HTMLElement {
    const cancel = (event: Event) => {
      event.preventDefault();
      this._exits.close();
    };
    return h("dialog", { class: "card modal", "aria-labelledby": "title", tabindex: "-1", cancel });
  }

  /** Escape in some other field or menu of the page is the page's. */
  private _press(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.defaultPrevented || this._card instanceof HTMLDialogElement) return;
    if (this.shell.focused || document.activeElement === document.body) this._exits.close();
  }
}

/** How everything that is not forced on anybody can be left. */
export function exits(stage: Stage, step?: () => number): Required<Exits> {
  const leave = (action: Action) => () => stage.leave(action, step?.());
  return { close: leave("dismissed"), later: leave("snoozed"), never: leave("refused") };
}

/** The page behind what must be read does not scroll, and keeps the room of its scroll bar. */
function rest(resting: boolean): void {
  const gutter = innerWidth > document.documentElement.clientWidth ? "stable" : "auto";
  AT_REST.replaceSync(resting ? `html{overflow:hidden!important;scrollbar-gutter:${gutter}}` : "");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets.filter((each) => each !== AT_REST), AT_REST];
}

const nodes = (children: Child[]): (Node | string)[] => children.filter((child): child is Node | string => !!child);
