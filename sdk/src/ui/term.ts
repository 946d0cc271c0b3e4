/**
 * Words of the product, explained where they stand. The page's own nodes are left as they are: a mention is underlined by
 * a highlight, and a button without a face lies over it. One glossary serves all terms of a page, so that the page is
 * read once and the longest term wins.
 */
import { alone, guard } from "../core/guard";
import type { Piece, Shown, Stage } from "../types";
import { contactLine } from "./contact";
import { dressed } from "./dressed";
import { cross, h, heading, prose } from "./html";
import { covered, mentions } from "./mentions";
import { Shell, tellShown } from "./shell";
import css from "./term.css";
import { fill, words } from "./words";

const LOOK_MS = 300;
const PEEK_MS = 350;
/** So little that the pointer, on its way from the word, does not leave both. */
const GAP = 6;
const EDGE = 12;
const ENGLISH = { explain: "Explain: {title}" };
const HIGHLIGHT = "milepost-term";
const UNDERLINE = `::highlight(${HIGHLIGHT}) { text-decoration: underline dotted 1.5px; }`;

interface Entry {
  piece: Piece;
  stage: Stage;
  range?: Range | undefined;
  knob?: HTMLButtonElement | undefined;
  told?: boolean;
}

let glossary: Glossary | null = null;

export function show(piece: Piece, stage: Stage): Shown {
  glossary ??= new Glossary(piece);
  const entry: Entry = { piece, stage };
  glossary.add(entry);
  return {
    update(now) {
      entry.piece = now;
      glossary?.read();
    },
    remove() {
      if (glossary?.drop(entry)) glossary = null;
    },
  };
}

class Glossary {
  private _entries = new Set<Entry>();
  private _shell: Shell;
  private _open: { entry: Entry; card: HTMLElement; asked: boolean } | null = null;
  private _peek: ReturnType<typeof setTimeout> | undefined;
  private _stale = true;
  private _reading = false;
  private _gone = new AbortController();
  private _look = guard(() => this._arrange());
  private _observer = new MutationObserver(() => {
    this._stale = true;
  });
  private _timer = setInterval(
    guard(() => (this._stale ? this.read() : this._arrange())),
    LOOK_MS,
  );
  private _undress: () => void;

  constructor({ body }: Piece) {
    this._shell = new Shell(body, css);
    this._undress = dressed(UNDERLINE);
    const { signal } = this._gone;
    addEventListener("scroll", this._look, { signal, capture: true, passive: true });
    addEventListener("resize", this._look, { signal });
    document.addEventListener(
      "keydown",
      guard((event: KeyboardEvent) => this._press(event)),
      { signal },
    );
    const away = (event: Event) => !event.composedPath().includes(this._shell.host) && this._close(false);
    document.addEventListener("pointerdown", guard(away), { signal, capture: true });
    this._observer.observe(document, { childList: true, subtree: true, characterData: true });
  }

  add(entry: Entry): void {
    this._entries.add(entry);
    this._stale = true;
  }

  /** True when it was the last one, and the glossary is closed. */
  drop(entry: Entry): boolean {
    this._entries.delete(entry);
    this._take(entry);
    this._underline();
    if (this._entries.size) return false;
    clearInterval(this._timer);
    clearTimeout(this._peek);
    this._observer.disconnect();
    this._gone.abort();
    this._shell.remove();
    this._undress();
    return true;
  }

  /** Looks for the words again, a little at a time; what changes meanwhile is read the next time. */
  read(): void {
    if (this._reading) return;
    this._reading = true;
    this._stale = false;
    alone(this._read());
  }

  private async _read(): Promise<void> {
    const entries = [...this._entries];
    try {
      const found = await mentions(entries.map(({ piece }) => piece.body));
      for (const [n, entry] of entries.entries()) if (this._entries.has(entry)) this._mark(entry, found[n]);
    } finally {
      this._reading = false;
    }
    this._underline();
    this._arrange();
  }

  private _mark(entry: Entry, range: Range | undefined): void {
    entry.range = range;
    if (!range) return this._take(entry);
    entry.knob ??= this._button(entry);
    entry.knob.setAttribute("aria-label", fill(words(entry.piece.body, ENGLISH).explain, { title: `${range}` }));
    if (entry.told) return;
    entry.told = true;
    alone(tellShown(() => !!entry.knob, entry.piece, entry.stage));
  }

  private _take(entry: Entry): void {
    if (this._open?.entry === entry) this._close(false);
    entry.knob?.remove();
    entry.knob = entry.range = undefined;
  }

  private _button(entry: Entry): HTMLButtonElement {
    const later = (act: () => void) => (event: Event) =>
      (event as PointerEvent).pointerType === "mouse" && this._soon(act);
    return h("button", {
      type: "button",
      class: "word",
      "aria-expanded": "false",
      click: () => this._toggle(entry),
      pointerenter: later(() => this._open?.entry === entry || this._show(entry, false)),
      pointerleave: later(() => this._unpeek()),
    });
  }

  private _toggle(entry: Entry): void {
    clearTimeout(this._peek);
    const open = this._open;
    if (open?.entry !== entry) this._show(entry, true);
    else if (open.asked) this._close(true);
    else this._keep();
  }

  /** Of what somebody had only looked at: now it was asked for. */
  private _keep(): void {
    if (!this._open) return;
    this._open.asked = true;
    this._open.card.focus({ preventScroll: true });
  }

  /** `asked`: by a press, so that the focus goes there; else by the pointer, which may go there. */
  private _show(entry: Entry, asked: boolean): void {
    this._close(false);
    const { body } = entry.piece;
    const close = cross(words(body).close, () => this._close(true));
    const card = h(
      "section",
      {
        class: "card",
        role: "dialog",
        "aria-labelledby": "title",
        tabindex: "-1",
        lang: body.lang,
        dir: body.dir,
        pointerenter: () => clearTimeout(this._peek),
        pointerleave: () => this._soon(() => this._unpeek()),
      },
      h("div", { class: "top" }, h("span", { class: "count" }), close),
      heading(body.title),
      prose(body.body_html),
      contactLine(body),
    );
    this._open = { entry, card, asked };
    // Next to its button: that is where the next press of Tab leads.
    entry.knob?.after(card);
    entry.knob?.setAttribute("aria-expanded", "true");
    entry.stage.report("acted", undefined, { act: "opened" });
    this._arrange();
    if (asked) card.focus({ preventScroll: true });
    else this._shell.announce(`${body.title}. ${card.querySelector(".text")?.textContent ?? ""}`);
  }

  /** The pointer may pass over much; what it rests on counts. */
  private _soon(act: () => void): void {
    clearTimeout(this._peek);
    this._peek = setTimeout(guard(act), PEEK_MS);
  }

  private _unpeek(): void {
    const { asked, card, entry } = this._open ?? {};
    if (!asked && !card?.matches(":hover") && !entry?.knob?.matches(":hover")) this._close(false);
  }

  /** `back`: the focus goes to the word. */
  private _close(back: boolean): void {
    clearTimeout(this._peek);
    if (!this._open) return;
    const { entry, card } = this._open;
    this._open = null;
    card.remove();
    entry.knob?.setAttribute("aria-expanded", "false");
    if (back) entry.knob?.focus({ preventScroll: true });
  }

  /** Escape closes what lies over the page, wherever the focus is; in a field of the page it closes what was only looked at. */
  private _press(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.defaultPrevented || !this._open) return;
    if (this._open.asked && !this._shell.focused && document.activeElement !== document.body) return;
    this._close(!!this._shell.focused);
  }

  private _underline(): void {
    const ranges = [...this._entries].flatMap(({ range }) => range ?? []);
    const registry = (globalThis.CSS as { highlights?: HighlightRegistry } | undefined)?.highlights;
    if (ranges.length) registry?.set(HIGHLIGHT, new Highlight(...ranges));
    else registry?.delete(HIGHLIGHT);
    this._shell.stage.toggleAttribute("data-plain", !registry);
  }

  /** Each button over its word, where that is to be seen; in the order of the page. */
  private _arrange(): void {
    if (this._stale && [...this._entries].some(({ range }) => range && !range.startContainer.isConnected)) this.read();
    const here = [...this._entries].filter(({ range, knob }) => range && knob);
    if (here.length) this._shell.mount();
    here.sort((a, b) => (a.range as Range).compareBoundaryPoints(Range.START_TO_START, b.range as Range));
    if (!this._shell.focused) this._order(here.flatMap(({ knob }) => knob ?? []));
    for (const { range, knob } of here) this._lay(range as Range, knob as HTMLElement);
    if (this._open) this._beside(this._open);
  }

  /** The press of Tab meets them as they stand on the page. */
  private _order(knobs: HTMLElement[]): void {
    const now = [...this._shell.stage.querySelectorAll(".word")];
    if (!knobs.every((knob, n) => knob === now[n])) this._shell.stage.prepend(...knobs);
  }

  private _lay(range: Range, knob: HTMLElement): void {
    const [box] = range.getClientRects();
    knob.hidden = !box || covered(range, box, this._shell.host);
    if (!box) return;
    const lift = Math.max(0, (24 - box.height) / 2);
    const widen = Math.max(0, (24 - box.width) / 2);
    Object.assign(knob.style, {
      left: `${box.left - widen}px`,
      top: `${box.top - lift}px`,
      width: `${box.width + 2 * widen}px`,
      height: `${box.height + 2 * lift}px`,
    });
  }

  private _beside({ entry, card }: { entry: Entry; card: HTMLElement }): void {
    const box = entry.range?.getClientRects()[0];
    if (!box) return this._close(false);
    const { offsetWidth: width, offsetHeight: height } = card;
    const below = box.bottom + GAP;
    const top = below + height < innerHeight ? below : Math.max(EDGE, box.top - GAP - height);
    const start = getComputedStyle(card).direction === "rtl" ? box.right - width : box.left;
    const left = Math.max(EDGE, Math.min(start, document.documentElement.clientWidth - width - EDGE));
    Object.assign(card.style, { left: `${left}px`, top: `${top}px` });
  }
}
