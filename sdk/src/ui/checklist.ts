/**
 * A checklist: the plan in a corner, what comes next first. It folds up to a small button, by itself while something else
 * has the screen, and ticks itself as the person gets on.
 */
import { alone, guard } from "../core/guard";
import type { Action, Item, Piece, Shown, Stage } from "../types";
import css from "./checklist.css";
import { foot } from "./foot";
import { cross, h, heading, prose } from "./html";
import { type Actions, row } from "./item";
import type { Planner } from "./planner";
import { framed, Shell, tellShown } from "./shell";
import { fill, words } from "./words";

type Own = "fold" | "progress" | "all_done";
const DOWN = "M6 9l6 6 6-6";
const NARROW = 520;
/** So long a skipped item can be had back before anybody hears of it. */
const UNDO_MS = 6000;

interface Memo {
  folded?: boolean;
}

export function show(piece: Piece, stage: Stage): Shown {
  return new Checklist(piece, stage);
}

class Checklist implements Shown {
  private _shell: Shell;
  private _card = framed("corner", "region");
  private _button = h("button", {
    class: "fold",
    "aria-expanded": "false",
    click: () => this._fold(false),
  });
  private _folded: boolean;
  private _covered = false;
  private _open: string | null = null;
  /** Skipped here; the server will hear of it by and by. */
  private _skipping = new Map<string, ReturnType<typeof setTimeout>>();
  private _gone = new AbortController();

  private _piece: Piece;
  private _stage: Stage;

  constructor(piece: Piece, stage: Stage) {
    this._piece = piece;
    this._stage = stage;
    this._shell = new Shell(piece.body, css);
    this._folded = stage.recall<Memo>()?.folded ?? innerWidth < NARROW;
    this._shell.stage.append(this._card, this._button);
    this._draw();
    this._shell.mount();
    const keys = guard((event: KeyboardEvent) => this._press(event));
    document.addEventListener("keydown", keys, { signal: this._gone.signal });
    this._shell.announce(`${piece.body.title}. ${this._progress}`);
    alone(tellShown(() => !this._gone.signal.aborted, piece, stage));
  }

  /** Ticked, or planned anew. */
  update(piece: Piece): void {
    const before = this._progress;
    this._piece = piece;
    if (!this._shell.focused?.closest("form")) this._draw(); // else when the date is given
    if (this._progress !== before) this._shell.announce(`${piece.body.title}. ${this._progress}`);
  }

  cover(covered: boolean): void {
    if (covered === this._covered) return;
    this._covered = covered;
    this._arrange();
  }

  remove(): void {
    for (const key of [...this._skipping.keys()]) this._skip(key);
    this._gone.abort();
    this._shell.remove();
  }

  private _draw(): void {
    const { body } = this._piece;
    const said = words<Record<Own, string>>(body);
    const inside = this._shell.focused?.getAttribute("data-focus");
    const rows = this._items.map((item) => row(item, this._state(item), body, this._actions));
    const top = h(
      "div",
      { class: "top" },
      heading(body.title),
      cross(said.fold, () => this._fold(true), DOWN),
    );
    const text = body.progress === 1 ? h("p", { class: "text" }, said.all_done) : prose(body.body_html);
    this._card.replaceChildren(
      top,
      text ?? "",
      h("div", { class: "gauge" }, this._bar(), h("span", { class: "count" }, this._progress)),
      h("ol", { role: "list" }, ...rows),
      foot(body, this._leave("snoozed"), this._leave("refused")),
    );
    this._button.replaceChildren(this._bar(), h("span", { class: "live" }, `${body.title}: `), this._progress);
    if (inside) this._card.querySelector<HTMLElement>(`[data-focus="${CSS.escape(inside)}"]`)?.focus();
    this._arrange();
  }

  private _arrange(): void {
    const folded = this._folded || this._covered;
    this._card.hidden = folded;
    this._button.hidden = !folded;
    this._button.disabled = this._covered;
  }

  private _fold(folded: boolean): void {
    this._folded = folded;
    this._stage.keep({ folded } satisfies Memo);
    this._arrange();
    (folded ? this._button : this._card).focus();
  }

  private _press(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.defaultPrevented || this._card.hidden || !this._shell.focused) return;
    event.preventDefault();
    this._fold(true);
  }

  private _actions: Actions = {
    open: (key) => {
      this._open = key;
      this._draw();
    },
    start: (key) => this._stage.start(key),
    skip: (key) => {
      this._skipping.set(
        key,
        setTimeout(
          guard(() => this._skip(key)),
          UNDO_MS,
        ),
      );
      this._draw();
    },
    undo: (key) => {
      clearTimeout(this._skipping.get(key));
      this._skipping.delete(key);
      this._draw();
    },
    plan: (item, place) => alone(this._plan(item, place)),
  };

  private async _plan(item: Item, place: HTMLElement): Promise<void> {
    const { plan } = await this._stage.load<Planner>("planner");
    plan(this._shell, this._piece.body, item, place, async (on) => {
      const refused = await this._stage.send("/client/plan", { milestone: item.key, action: "date", on });
      if (!refused) this._draw();
      return refused;
    });
  }

  /** Now the server hears of it. */
  private _skip(milestone: string): void {
    clearTimeout(this._skipping.get(milestone));
    this._skipping.delete(milestone);
    const item = this._items.find(({ key }) => key === milestone);
    if (item) item.skipped = true;
    this._stage.send("/client/plan", { milestone, action: "skip" });
    this._draw();
  }

  private _state({ key, done, skipped }: Item) {
    const { next } = this._piece.body;
    const undo = this._skipping.has(key);
    const state = done ? "done" : skipped || undo ? "skipped" : key === next ? "next" : "open";
    return { state, undo, open: (this._open ?? next) === key } as const;
  }

  private _bar(): HTMLElement {
    const bar = h("progress", { "aria-label": this._progress });
    bar.value = this._piece.body.progress ?? 0;
    return bar;
  }

  private _leave(action: Action): () => void {
    return () => this._stage.leave(action);
  }

  private get _items(): Item[] {
    return this._piece.body.items ?? [];
  }

  private get _progress(): string {
    const n = this._items.filter(({ done }) => done).length;
    return fill(words<Record<Own, string>>(this._piece.body).progress, { n, total: this._items.length });
  }
}
