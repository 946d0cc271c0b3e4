/**
 * Pages, one after another, in the middle of the screen: a deck, or the lessons of a course. By its buttons, the arrow keys
 * or a swipe; whoever leaves goes on where they were.
 */
import { alone, guard } from "../core/guard";
import type { Piece, Shown, Stage } from "../types";
import { type Child, h, heading, link, prose } from "./html";
import css from "./pages.css";
import { Quiz } from "./quiz";
import { exits, Sheet } from "./sheet";
import { tellShown } from "./shell";
import { fill, words } from "./words";

const ENGLISH = {
  page_of: "Page {n} of {total}",
  watch: "Watch",
  start: "Show me how",
  right: "That is right.",
  wrong: "Not quite. Try again.",
  by_itself: "Open as a page",
  certificate: "Your certificate",
};
const SWIPE = 60;
const LONGEST_S = 86_400;

export function show(piece: Piece, stage: Stage): Shown {
  return new Pages(piece, stage);
}

class Pages implements Shown {
  private _sheet: Sheet;
  private _at: number;
  /** When this page came to be looked at, in milliseconds. */
  private _since = performance.now();
  private _quiz: Quiz | null = null;
  private _gone = new AbortController();
  private _piece: Piece;
  private _stage: Stage;

  constructor(piece: Piece, stage: Stage) {
    this._piece = piece;
    this._stage = stage;
    this._at = Math.min(piece.step, this._pages.length - 1);
    const { later } = exits(stage, () => this._at);
    const leave = () => {
      this._tell();
      later();
    };
    this._sheet = new Sheet({ ...piece.body, modal: true }, { close: leave }, css);
    this._listen();
    this._draw(false);
    alone(tellShown(this._sheet.seen, piece, stage, this._at));
  }

  update(piece: Piece): void {
    this._piece = piece;
  }

  remove(): void {
    this._gone.abort();
    this._sheet.remove();
  }

  private get _pages() {
    return this._piece.body.pages ?? [];
  }

  private get _course(): boolean {
    return this._piece.body.kind === "course";
  }

  private get _said() {
    return words(this._piece.body, ENGLISH);
  }

  private _listen(): void {
    const { signal } = this._gone;
    const rtl = this._piece.body.dir === "rtl";
    const press = guard((event: KeyboardEvent) => {
      if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
      if ((event.composedPath()[0] as Element).matches?.("input")) return;
      this._turn((event.key === "ArrowRight") === rtl ? -1 : 1);
    });
    document.addEventListener("keydown", press, { signal });
    let from = 0;
    const begin = (event: Event) => {
      from = (event as TouchEvent).changedTouches[0]?.clientX ?? 0;
    };
    const end = guard((event: Event) => {
      const moved = ((event as TouchEvent).changedTouches[0]?.clientX ?? 0) - from;
      if (Math.abs(moved) > SWIPE) this._turn(moved > 0 === rtl ? 1 : -1);
    });
    this._sheet.shell.stage.addEventListener("touchstart", begin, { signal, passive: true });
    this._sheet.shell.stage.addEventListener("touchend", end, { signal, passive: true });
  }

  private _turn(by: number): void {
    const to = this._at + by;
    if (to < 0 || (by > 0 && this._quiz?.open)) return;
    this._tell(by > 0);
    if (to >= this._pages.length) return this._end();
    this._at = to;
    this._stage.reached(to);
    this._stage.report("step", to);
    this._draw(true);
  }

  /** A page was left: what it was, and for how long it was there. */
  private _tell(done = false): void {
    const page = this._pages[this._at];
    const seconds = Math.min(LONGEST_S, Math.round((performance.now() - this._since) / 100) / 10);
    this._since = performance.now();
    if (!page || (this._course && !done)) return;
    const answers = this._quiz ? { answers: this._quiz.answers } : {};
    this._stage.report(this._course ? "lesson_finished" : "page_viewed", this._at, {
      page: page.key,
      seconds,
      ...answers,
    });
  }

  private _end(): void {
    const { button, link: url } = this._piece.body;
    if (!this._course || !button || !url) return this._stage.leave("completed", this._at);
    this._stage.finish("completed", this._at);
    this._sheet.end(() => this._stage.leave());
    const certificate = link(url, { class: "button main", target: "_blank", rel: "noopener" }, this._said.certificate);
    this._sheet.fill(true, "", heading(button), h("div", { class: "actions" }, certificate));
  }

  private _draw(asked: boolean): void {
    const page = this._pages[this._at];
    if (!page) return this._stage.leave("completed");
    const { title, link: url, kind } = this._piece.body;
    const said = this._said;
    this._quiz = page.quiz?.length ? new Quiz(page.quiz, said, () => this._free()) : null;
    this._sheet.fill(
      asked,
      fill(said.page_of, { n: this._at + 1, total: this._pages.length }),
      this._bar(),
      h("p", { class: "of" }, title),
      heading(page.title),
      this._at === 0 && kind === "course" ? prose(this._piece.body.body_html) : null,
      prose(page.body_html ?? ""),
      this._ways(page.video, page.start),
      this._quiz?.element,
      this._buttons(),
      kind === "deck" && url
        ? h("p", { class: "itself" }, link(url, { target: "_blank", rel: "noopener" }, said.by_itself))
        : null,
    );
  }

  private _bar(): HTMLElement {
    const parts = this._pages.map((_, n) => h("span", { class: n <= this._at ? "past" : "" }));
    return h("div", { class: "bar", "aria-hidden": "true" }, ...parts);
  }

  private _ways(video?: string | null, start?: string | null): Child {
    const begin = () => {
      this._stage.start(start as string);
      exits(this._stage, () => this._at).later();
    };
    if (!video && !start) return null;
    const watch = video && link(video, { class: "button quiet", target: "_blank", rel: "noopener" }, this._said.watch);
    const go = start && h("button", { type: "button", class: "quiet", click: begin }, this._said.start);
    return h("p", { class: "ways" }, watch, go);
  }

  private _buttons(): HTMLElement {
    const said = this._said;
    const back = this._at > 0 && h("button", { type: "button", class: "back", click: () => this._turn(-1) }, said.back);
    const last = this._at === this._pages.length - 1;
    const on = { type: "button", class: "main", click: () => this._turn(1), ...(this._quiz?.open && { disabled: "" }) };
    return h("div", { class: "actions" }, back, h("button", on, last ? said.done : said.next));
  }

  /** The quiz is passed: the way on is free. */
  private _free(): void {
    this._sheet.query(".actions .main")?.removeAttribute("disabled");
  }
}
