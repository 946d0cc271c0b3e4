/** The editor's panel on the page: what there is to edit, the form of one piece, pointing, and how people will see it. */
import { alone, guard } from "../core/guard";
import type { Host, Shown } from "../types";
import { type Child, h } from "../ui/html";
import { Shell } from "../ui/shell";
import { fill } from "../ui/words";
import { above, below, checks } from "./around";
import css from "./editor.css";
import { button, type Form } from "./fields";
import { parts } from "./form";
import { list } from "./list";
import { Marker } from "./marker";
import { Pointing } from "./pointing";
import { preview } from "./preview";
import { forget, Refusal, remember, rest, type Server } from "./server";
import type { Bench, Kept } from "./types";
import type { Words } from "./words";
import { Work } from "./work";

/** A dialog that the page opens makes everything else inert: the panel follows into it. */
const FOLLOW_MS = 300;

export class Desk {
  private _shell = new Shell({ lang: document.documentElement.lang, dir: "ltr" }, css);
  private _panel = h("section", { class: "desk" });
  private _notice = h("div", { class: "notice", role: "status" });
  private _marker = new Marker(this._shell);
  private _work: Work | null = null;
  private _open = { step: 0 };
  private _heard = new Set<() => void>();
  private _shown: Shown | null = null;
  private _timer = setInterval(
    guard(() => this._shell.mount()),
    FOLLOW_MS,
  );

  private _host: Host;
  private _server: Server;
  private _bench: Bench;
  private _kept: Kept;
  private _words: Words;

  constructor(host: Host, server: Server, bench: Bench, kept: Kept) {
    this._host = host;
    this._server = server;
    this._bench = bench;
    this._kept = kept;
    this._words = bench.words as Words;
    this._shell.host.dataset.milepostEditor = "";
    this._panel.setAttribute("aria-label", this._words.title);
    this._shell.stage.append(this._panel);
    this._shell.mount();
  }

  /** Where this tab was on the page before; else what the member set out to edit; else the list. */
  async begin(): Promise<void> {
    const { work, preview: step } = this._kept;
    this._open.step = this._kept.step ?? 0;
    const { title: kind, key } = this._bench.first;
    if (work && (this._kept.start || !work.saved)) this._edit(work);
    else if (!this._kept.start && kind) await this._take(kind, key);
    else this._list();
    this._kept.start = true;
    this._keep();
    if (work && step !== undefined) await this._preview(step);
  }

  // The list.

  private _list(): void {
    this._leave();
    this._draw(...list(this._bench, this._words, (kind, key) => alone(this._take(kind, key))));
  }

  // One piece.

  private async _take(kind: string, key: string): Promise<void> {
    try {
      const piece = await this._server.piece({ kind, key });
      const value = piece.value ?? {};
      if (!key) value.page = { url: location.pathname };
      this._open.step = key ? -1 : 0;
      if (kind === "guide" && !key)
        Object.assign(value, { steps: [{ title: "" }], when: structuredClone(this._bench.start) });
      this._edit({ kind, key, value, revision: piece.revision, saved: !!key });
    } catch (error) {
      this._fail(error);
    }
  }

  private _edit(kept: NonNullable<Kept["work"]>): void {
    this._leave();
    const [main = "en"] = this._bench.locales;
    this._work = new Work(
      this._server,
      kept,
      main,
      () => this._hear(),
      () => {
        this._keep();
        this._hear();
      },
      (error) => this._fail(error),
    );
    this._keep();
    this._form();
    this._work.check(true);
  }

  private _form(focus?: string): void {
    const work = this._work;
    if (!work) return this._list();
    this._heard.clear();
    const [main = "en"] = this._bench.locales;
    const form: Form = {
      work,
      words: this._words,
      main,
      heard: this._heard,
      again: (id) => this._form(id),
      point: (from, done) => this._point(from, done),
    };
    this._marker.rest();
    this._kept.step = this._open.step;
    const opened = this._unfolded();
    this._draw(
      above(form, this._bench, () => this._away()),
      ...parts(form, this._bench, this._open, this._marker),
      checks(form),
      below(
        form,
        () => alone(this._preview(0)),
        () => alone(this._save(false)),
      ),
    );
    for (const each of this._panel.querySelectorAll("details")) each.open ||= opened.has(nameOf(each));
    if (focus) this._find(focus)?.focus();
  }

  /** What the member has opened stays open when the form is drawn again. */
  private _unfolded(): Set<string> {
    return new Set([...this._panel.querySelectorAll<HTMLDetailsElement>("details[open]")].map(nameOf));
  }

  private _hear(): void {
    for (const say of [...this._heard]) say();
  }

  private async _save(over: boolean): Promise<void> {
    const work = this._work;
    if (!work) return;
    try {
      await work.save(over);
      this._bench = await this._server.bench();
      this._form("save");
      this._say(
        "good",
        this._words.saved,
        this._link(this._words.release, this._bench.release),
        button(this._words.take_back, () => alone(this._takeBack()), "line"),
      );
    } catch (error) {
      if (error instanceof Refusal && error.by) this._conflict(error);
      else this._fail(error);
    }
  }

  /** Somebody else has saved meanwhile: both stay, until the member says which. */
  private _conflict(refusal: Refusal): void {
    const words = this._words;
    this._say(
      "bad",
      fill(words.conflict, { who: refusal.by }),
      h("details", {}, h("summary", {}, words.theirs), h("pre", { tabindex: "0" }, refusal.theirs)),
      button(words.keep_mine, () => alone(this._save(true)), "quiet"),
      button(words.take_theirs, () => alone(this._takeTheirs()), "quiet"),
    );
  }

  private async _takeTheirs(): Promise<void> {
    await this._work?.reload();
    this._form();
    this._say();
  }

  private async _takeBack(): Promise<void> {
    try {
      this._bench = await this._server.undo();
      this._list();
    } catch (error) {
      this._fail(error);
    }
  }

  private _away(): void {
    if (this._work?.saved) return this._list();
    this._say(
      "bad",
      this._words.unsaved,
      button(this._words.leave_unsaved, () => this._list(), "quiet"),
    );
  }

  private _leave(): void {
    this._work?.stop();
    this._work = null;
    this._marker.rest();
    this._say();
    delete this._kept.step;
    this._keep();
  }

  // Pointing, and looking.

  private _point(from: Element | null, done: (picked: Element) => void): void {
    const words = this._words;
    this._marker.rest();
    const pointing = new Pointing(this._shell, words, from, (picked) => {
      if (picked) done(picked);
      else this._form();
    });
    this._bar(
      words.pointing,
      words.walk,
      button(words.pick, () => pointing.pick(), "main", { id: "pick" }),
      button(words.cancel, () => pointing.leave(), "quiet"),
    );
    this._find("pick")?.focus();
  }

  /** Drawn on the page, with the panel folded to a bar above it. */
  private async _preview(step: number): Promise<void> {
    const work = this._work;
    if (!work) return;
    const { _words: words, _bench: bench } = this;
    if (!work.answer || work.persona) await this._asked(work);
    this._marker.rest();
    const who = h(
      "select",
      { "aria-label": words.persona },
      ...bench.personas.map(({ key, title }) => h("option", { value: key }, title)),
    );
    who.value = work.persona;
    who.addEventListener("change", () => {
      work.persona = who.value;
      alone(this._again(step));
    });
    this._bar(
      words.previewing,
      work.answer?.refusal ?? "",
      who,
      button(words.again, () => alone(this._again(0)), "quiet"),
      button(words.back, () => this._stop(), "main", { id: "back" }),
    );
    await this._show(work, step);
  }

  private async _again(step: number): Promise<void> {
    if (this._work) await this._asked(this._work);
    await this._preview(step);
  }

  private async _asked(work: Work): Promise<void> {
    await new Promise<void>((heard) => {
      this._heard.add(heard);
      work.check(true);
    });
  }

  private async _show(work: Work, step: number): Promise<void> {
    this._shown?.remove();
    this._shown = null;
    if (!work.answer?.drawn) return;
    const reached = (at: number) => {
      this._kept.preview = at;
      this._keep();
    };
    reached(step);
    const over = () => this._say("good", this._words.gone);
    this._shown = await preview(this._host, work.answer.drawn, step, reached, over);
    this._shell.host.hidePopover?.(); // the bar goes above what was just put there
    this._shell.host.showPopover?.();
    this._find("back")?.focus();
  }

  private _stop(): void {
    this._shown?.remove();
    this._shown = null;
    delete this._kept.preview;
    if (this._work) this._work.persona = "";
    this._say();
    this._form("preview");
  }

  // The panel.

  private _bar(title: string, hint: string, ...more: Child[]): void {
    this._panel.className = "desk bar";
    this._panel.replaceChildren(
      h("p", { class: "says" }, h("strong", {}, title), ` ${hint}`),
      h("div", { class: "row" }, ...more),
      this._notice,
    );
  }

  private _draw(...children: Child[]): void {
    const words = this._words;
    const { folded = false } = this._kept;
    const fold = button(folded ? words.unfold : words.fold, () => this._fold(), "line", {
      id: "fold",
      "aria-expanded": `${!folded}`,
    });
    const side = button("⇄", () => this._panel.classList.toggle("start"), "small", {
      "aria-label": words.side,
      title: words.side,
    });
    const top = h(
      "header",
      {},
      h("h2", {}, words.title),
      side,
      fold,
      button(words.done, () => alone(this._end()), "line"),
    );
    const body = h("div", { class: "body" }, ...children);
    const start = this._panel.classList.contains("start");
    const scrolled = this._panel.querySelector(".body")?.scrollTop ?? 0;
    this._panel.className = `desk${folded ? " folded" : ""}${start ? " start" : ""}`;
    this._panel.replaceChildren(top, ...(folded ? [] : [this._notice, body]));
    body.scrollTop = scrolled;
  }

  private _fold(): void {
    this._kept.folded = !this._kept.folded;
    this._keep();
    if (this._work) this._form("fold");
    else this._list();
  }

  private _say(look = "", ...said: Child[]): void {
    this._notice.className = `notice ${look}`;
    this._notice.replaceChildren(...said.filter((each): each is Node | string => !!each));
  }

  private _link(name: string, href: string): HTMLElement {
    return h("a", { href, target: "_blank", rel: "noopener" }, name);
  }

  private _find(id: string): HTMLElement | null {
    return this._panel.querySelector<HTMLElement>(`#${CSS.escape(id)}`);
  }

  private _fail(error: unknown): void {
    const refused = error instanceof Refusal;
    this._say("bad", refused ? error.message : this._words.offline);
    if (refused && error.over) rest();
  }

  private _keep(): void {
    const work = this._work;
    if (work)
      this._kept.work = {
        kind: work.kind,
        key: work.key,
        value: work.value,
        revision: work.revision,
        saved: work.saved,
      };
    else delete this._kept.work;
    remember(this._kept);
  }

  private async _end(): Promise<void> {
    if (this._work && !this._work.saved) return this._away();
    clearInterval(this._timer);
    forget();
    this._shell.remove();
    await this._server.done();
  }
}

const nameOf = (details: HTMLDetailsElement): string => details.firstElementChild?.textContent ?? "";
