/**
 * A guide: one step at a time, at the element that it is about, led on by the real action. Nobody gets stuck: a target
 * that is missing is waited for, then the step is passed over or stands on a card of its own, and leaving is always one
 * key away.
 */
import { alone, guard } from "../core/guard";
import type { Action, Piece, Shown, Stage, Step } from "../types";
import { type Advance, advances } from "./advance";
import { card } from "./card";
import { h } from "./html";
import { Keys } from "./keys";
import { place } from "./place";
import { calm, painted, Shell } from "./shell";
import { find, locate, visible } from "./target";
import { count, words } from "./words";

const WAIT_MS = 5000;
const SPOT_MARGIN = 6;

export function show(piece: Piece, stage: Stage): Shown {
  const walk = new Walk(piece, stage);
  walk.go(Math.min(piece.step, piece.body.steps.length - 1), false);
  return walk;
}

class Walk implements Shown {
  private _shell: Shell;
  private _card: HTMLElement = h("section");
  private _spot = h("div", { class: "spot", hidden: "" });
  private _target: Element | null = null;
  private _index = 0;
  private _reported = -1;
  private _found = 0;
  /** Over when the step is. */
  private _step = new AbortController();
  private _keys: Keys;
  private _frame = 0;
  private _seen = "";

  private _piece: Piece;
  private _stage: Stage;

  constructor(piece: Piece, stage: Stage) {
    this._piece = piece;
    this._stage = stage;
    this._shell = new Shell(piece.body);
    this._shell.stage.append(this._spot);
    this._keys = new Keys(this._shell, () => this._target, this._leave("dismissed"));
  }

  /** `asked`: by a button, so that the focus belongs on the card; else the person is busy on the page. */
  go(index: number, asked: boolean): void {
    if (index >= this._piece.body.steps.length) return this._end();
    this._step.abort();
    this._step = new AbortController();
    this._index = index;
    this._stage.reached(index);
    alone(this._seek(asked, this._step.signal));
  }

  remove(): void {
    this._step.abort();
    cancelAnimationFrame(this._frame);
    this._keys.remove();
    this._shell.remove();
  }

  /** Finds the step's target and stands beside it, or does without. */
  private async _seek(asked: boolean, signal: AbortSignal): Promise<void> {
    const { on } = this._now;
    if (!on.length) return this._draw(null, asked, false);
    this._hide();
    const target = await locate(on, WAIT_MS, signal);
    if (signal.aborted) return;
    if (target) return this._draw(target, asked, false);
    this._stage.report("target_missing", this._index);
    if (this._further()) return this.go(this._index + 1, asked);
    this._draw(null, asked, true);
    const late = await locate(on, Number.POSITIVE_INFINITY, signal);
    if (late) this._draw(late, false, false);
  }

  private _draw(target: Element | null, asked: boolean, lost: boolean): void {
    const { body } = this._piece;
    this._target = target;
    this._found += lost ? 0 : 1;
    const made = card(body, this._index, lost, this._buttons);
    this._shell.stage.append(made);
    this._card.remove();
    this._card = made;
    this._shell.mount();
    this._aim(target);
    this._seen = "";
    this._follow();
    this._greet(asked);
    if (!lost) this._wait();
    alone(this._report(this._step.signal));
  }

  /** The real action, done by the person, leads on. */
  private _wait(): void {
    const { on, advance } = this._now;
    const next = guard(() => this.go(this._index + 1, false));
    advances({ ...advance, selectors: on } as Advance, this._stage, this._step.signal, next);
  }

  private _greet(asked: boolean): void {
    const { body } = this._piece;
    const text = this._card.querySelector(".text")?.textContent ?? "";
    const where = count(words(body), this._index + 1, body.steps.length);
    this._shell.announce(`${where}. ${this._now.title}. ${text}`);
    if (asked || document.activeElement === document.body) this._card.focus({ preventScroll: true });
  }

  /** Told once a step, and only when it could be seen. */
  private async _report(signal: AbortSignal): Promise<void> {
    await painted();
    if (signal.aborted || this._reported === this._index || !this._card.getBoundingClientRect().width) return;
    const first = this._reported < 0 && this._piece.status === "waiting";
    this._reported = this._index;
    this._stage.report(first ? "shown" : "step", this._index);
  }

  private _aim(target: Element | null): void {
    this._spot.hidden = !target;
    if (target && !inView(target)) {
      target.scrollIntoView({ block: "center", inline: "nearest", behavior: calm() ? "auto" : "smooth" });
    }
  }

  /** Stays with the target through scrolling, resizing and animation. */
  private _follow(): void {
    cancelAnimationFrame(this._frame);
    const frame = guard(() => {
      if (this._target && !visible(this._target)) return this._lose();
      this._arrange();
      this._frame = requestAnimationFrame(frame);
    });
    frame();
  }

  private _lose(): void {
    this._target = null;
    this._step.abort();
    this._step = new AbortController();
    alone(this._seek(false, this._step.signal));
  }

  private _arrange(): void {
    const box = this._target?.getBoundingClientRect();
    const size = { width: this._card.offsetWidth, height: this._card.offsetHeight };
    const seen = [
      box?.left,
      box?.top,
      box?.width,
      box?.height,
      size.width,
      size.height,
      innerWidth,
      innerHeight,
    ].join();
    if (seen === this._seen) return;
    this._seen = seen;
    const view = { width: document.documentElement.clientWidth, height: innerHeight };
    const middle = { left: view.width / 2, top: view.height * 0.4, width: 0, height: 0 };
    const spot = box && grown(box);
    const at = place(spot ?? middle, size, view, getComputedStyle(this._card).direction === "rtl");
    const left = spot ? at.left : (view.width - size.width) / 2;
    Object.assign(this._card.style, { left: `${left}px`, top: `${at.top}px` });
    if (spot) Object.assign(this._spot.style, pixels(spot));
  }

  private _hide(): void {
    cancelAnimationFrame(this._frame);
    this._spot.hidden = true;
    this._card.hidden = true;
    this._target = null;
  }

  /** Whether the page is further than we thought: the next step has its target already. */
  private _further(): boolean {
    const after = this._piece.body.steps[this._index + 1];
    return !!after?.on.length && find(after.on) !== null;
  }

  /** Completed by whoever saw any of it; a guide that found nothing to show ends without a claim. */
  private _end(): void {
    this._leave(this._found ? "completed" : "dismissed")();
  }

  private _leave(action: Action): () => void {
    return () => this._stage.leave(action, this._index);
  }

  private get _now(): Step {
    return this._piece.body.steps[this._index] as Step;
  }

  private _buttons = {
    next: () => this.go(this._index + 1, true),
    back: () => this.go(this._index - 1, true),
    close: this._leave("dismissed"),
    later: this._leave("snoozed"),
    never: this._leave("refused"),
  };
}

function grown({ left, top, width, height }: DOMRect) {
  const more = SPOT_MARGIN * 2;
  return { left: left - SPOT_MARGIN, top: top - SPOT_MARGIN, width: width + more, height: height + more };
}

function pixels(box: object): Record<string, string> {
  return Object.fromEntries(Object.entries(box).map(([name, value]) => [name, `${value}px`]));
}

/** In the viewport, and not scrolled away inside something. */
function inView(element: Element): boolean {
  const { left, top, width, height } = element.getBoundingClientRect();
  const there = document.elementFromPoint(left + width / 2, top + height / 2);
  return top >= 0 && top + height <= innerHeight && !!there && (element.contains(there) || there.contains(element));
}
