/**
 * A hint: a beacon beside one thing on the page, that opens when somebody looks; or a line inside it. It asks for
 * nothing, and stands there for as long as what it is about does.
 */
import { alone, guard } from "../core/guard";
import type { Piece, Shown, Stage } from "../types";
import { contactLine } from "./contact";
import css from "./hint.css";
import { all, cross, drawn, h, heading, prose } from "./html";
import { framed, Shell, tellShown } from "./shell";
import { fill, words } from "./words";

const LOOK_MS = 250;
const GAP = 12;
const ENGLISH = { explain: "Explain: {title}" };

export function show(piece: Piece, stage: Stage): Shown {
  return new Hint(piece, stage);
}

class Hint implements Shown {
  private _shell: Shell | null = null;
  private _target: Element | null = null;
  private _card: HTMLElement | null = null;
  private _told = false;
  private _gone = new AbortController();
  private _look = guard(() => this._stand());
  private _timer = setInterval(this._look, LOOK_MS);

  private _piece: Piece;
  private _stage: Stage;

  constructor(piece: Piece, stage: Stage) {
    this._piece = piece;
    this._stage = stage;
    const { signal } = this._gone;
    addEventListener("scroll", this._look, { signal, capture: true, passive: true });
    addEventListener("resize", this._look, { signal });
    const leave = (event: KeyboardEvent) => event.key === "Escape" && this._shell?.focused && this._close(true);
    document.addEventListener("keydown", guard(leave), { signal });
    const away = (event: Event) =>
      this._card && !event.composedPath().includes(this._shell?.host as EventTarget) && this._close(false);
    document.addEventListener("pointerdown", guard(away), { signal, capture: true });
    this._stand();
  }

  update(piece: Piece): void {
    this._piece = piece;
    this._take();
    this._stand();
  }

  remove(): void {
    clearInterval(this._timer);
    this._gone.abort();
    this._take();
  }

  /** Beside what it is about, if that is on the page and in view. */
  private _stand(): void {
    const { body } = this._piece;
    const target = (body.on ?? []).flatMap(all).find(visible) ?? null;
    if (target !== this._target) this._take();
    this._target = target;
    if (!target) return;
    this._shell ??= this._draw(target);
    if (body.inline) this._shell.stand(target);
    else this._arrange(target);
    if (this._told) return;
    this._told = true;
    alone(tellShown(() => !!this._shell, this._piece, this._stage));
  }

  private _take(): void {
    this._shell?.remove();
    this._shell = this._target = this._card = null;
  }

  private _draw(target: Element): Shell {
    const { body } = this._piece;
    const shell = new Shell(body, css, body.inline ? target : null);
    if (body.inline) shell.stage.append(h("section", { class: "line", "aria-labelledby": "title" }, ...this._words()));
    else shell.stage.append(this._beacon());
    if (!body.inline) shell.mount();
    return shell;
  }

  private _beacon(): HTMLElement {
    const { body } = this._piece;
    const label = fill(words(body, ENGLISH).explain, { title: body.title });
    const toggle = guard(() => (this._card ? this._close(true) : this._open()));
    return h("button", {
      type: "button",
      class: "beacon",
      "aria-expanded": "false",
      "aria-label": label,
      click: toggle,
    });
  }

  private _open(): void {
    const { body } = this._piece;
    this._stage.report("acted", undefined, { act: "opened" });
    const card = framed("", "dialog", ...this._words());
    this._card = card;
    this._shell?.stage.append(card);
    this._expanded(true);
    if (this._target) this._arrange(this._target);
    card.focus({ preventScroll: true });
    this._shell?.announce(`${body.title}. ${card.querySelector(".text")?.textContent ?? ""}`);
  }

  private _words(): Node[] {
    const { body } = this._piece;
    const said = words(body);
    const close = () => this._stage.leave("dismissed");
    const done = h("button", { class: "main", click: () => this._stage.leave("completed") }, said.done);
    const parts = [
      h("div", { class: "top" }, h("span"), cross(said.close, close)),
      heading(body.title),
      prose(body.body_html),
      h("div", { class: "actions" }, done),
      contactLine(body),
    ];
    return parts.filter((part): part is HTMLElement => !!part);
  }

  /** `back`: the focus goes to the beacon. */
  private _close(back: boolean): void {
    this._card?.remove();
    this._card = null;
    this._expanded(false);
    if (back) this._knob?.focus({ preventScroll: true });
  }

  private _expanded(open: boolean): void {
    this._knob?.setAttribute("aria-expanded", String(open));
  }

  private get _knob(): HTMLElement | null {
    return this._shell?.stage.querySelector<HTMLElement>(".beacon") ?? null;
  }

  private _arrange(target: Element): void {
    const knob = this._knob;
    if (!knob) return;
    const box = target.getBoundingClientRect();
    const rtl = getComputedStyle(knob).direction === "rtl";
    const inside = visible(target) && box.bottom > 0 && box.top < innerHeight;
    knob.hidden = !inside && !this._card;
    Object.assign(knob.style, { left: `${rtl ? box.left : box.right}px`, top: `${box.top}px` });
    if (!this._card) return;
    const { offsetWidth: width, offsetHeight: height } = this._card;
    const below = box.bottom + height + GAP < innerHeight ? box.bottom + GAP : Math.max(GAP, box.top - height - GAP);
    const start = rtl ? box.right - width : box.left;
    const left = Math.max(GAP, Math.min(start, document.documentElement.clientWidth - width - GAP));
    Object.assign(this._card.style, { left: `${left}px`, top: `${below}px` });
  }
}

function visible(element: Element): boolean {
  const { width, height } = element.getBoundingClientRect();
  return width > 0 && height > 0 && drawn(element);
}
