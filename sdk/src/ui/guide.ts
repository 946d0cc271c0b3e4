/**
 * A guide: one step at a time, at the element that it is about, led on by the real action. Nobody gets stuck: a target
 * that is missing is waited for, then the step is passed over or stands on a card of its own, and leaving is always one
 * key away.
 */
import { alone, guard, hush } from "../core/guard";
import type { Action, Body, Piece, Shown, Stage, Step } from "../types";
import { advances, isPatient, type Waits } from "./advance";
import { card } from "./card";
import { h } from "./html";
import { keys } from "./keys";
import { type Place, place, type Rect } from "./place";
import { calm, painted, Shell, spoken } from "./shell";
import { box, find, locate, visible } from "./target";

const WAIT_MS = 5000;
const SPOT_MARGIN = 6;
/** After so many looks at which nothing had moved, it is enough to look now and then, and when something scrolls. */
const STILL = 20;
const LOOK_MS = 100;

/** What the part that draws more than a card beside its target can do. */
export interface Rich {
  enrich(card: HTMLElement, step: Step, shell: Shell, body: Body, go: (key: string) => void, stage: Stage): HTMLElement;
  raise(card: HTMLElement): void;
  point(card: HTMLElement, target: Rect, place: Place): void;
}

export function show(piece: Piece, stage: Stage): Shown {
  return new Walk(piece, stage);
}

class Walk implements Shown {
  private _shell: Shell;
  private _card: HTMLElement = h("section");
  private _spot = h("div");
  private _target: Element | null = null;
  private _inside: Element | null = null;
  private _rich: Rich | undefined;
  private _waits: Waits | undefined;
  private _index = 0;
  /** The keys of the steps that they have come by: a release in the middle, and a way that leads back, keep their place. */
  private _trail: string[];
  private _told: string | undefined;
  private _found = 0;
  /** Over when the step is. */
  private _step = new AbortController();
  private _gone = new AbortController();

  private _piece: Piece;
  private _stage: Stage;

  constructor(piece: Piece, stage: Stage) {
    this._piece = piece;
    this._stage = stage;
    this._shell = new Shell(piece.body);
    keys(this._shell, () => this._target, this._leave("dismissed"), this._gone.signal);
    this._trail = stage.recall<string[]>() ?? [];
    if (piece.body.steps.some(isPatient)) alone(patience()); // what it waits for may come before anybody has looked at it
    this.update(piece);
  }

  /** Where this browser has been counts, until the server knows of a step that it has not been to. */
  update(piece: Piece): void {
    this._piece = piece;
    const there = Math.min(piece.step, this._steps.length - 1);
    const known = this._steps[there];
    const last = known && this._trail.includes(known.key) ? this._place(this._trail.at(-1)) : -1;
    this._go(last < 0 ? there : last, !!this._shell.focused);
  }

  remove(): void {
    this._step.abort();
    this._gone.abort();
    this._shell.remove();
  }

  /** `asked`: by a button, so that the focus belongs on the card; else the person is busy on the page. */
  private _go(index: number, asked: boolean): void {
    const step = this._steps[index];
    if (!step) return this._end();
    this._index = index;
    if (step.advance.done) return this._go(this._after, asked);
    if (this._trail.at(-1) !== step.key) this._trail.push(step.key);
    this._stage.reached(0);
    this._stage.keep(this._trail);
    this._again(asked);
  }

  private _again(asked: boolean): void {
    this._step.abort();
    this._step = new AbortController();
    alone(this._seek(asked, this._step.signal));
  }

  /** Finds the step's target and stands beside it, or does without. */
  private async _seek(asked: boolean, signal: AbortSignal): Promise<void> {
    const { on, as, buttons, missing } = this._now;
    const more = buttons || (as && as !== "spotlight");
    this._rich = more ? await import("./rich").catch(hush) : undefined;
    this._waits = isPatient(this._now) ? await patience() : undefined;
    if (signal.aborted) return;
    if (!on.length) return this._draw(null, asked, false);
    this._spot.hidden = this._card.hidden = true;
    this._target = null;
    const target = await locate(on, WAIT_MS, signal);
    if (signal.aborted) return;
    if (target) return this._draw(target, asked, false);
    this._report("target_missing");
    if (missing === "end") return this._leave("dismissed")();
    const further = find(this._steps[this._after]?.on ?? []); // than we thought: the next step has its target already
    if (missing || further) return this._go(this._after, asked);
    this._draw(null, asked, true);
    const late = await locate(on, Number.POSITIVE_INFINITY, signal);
    if (late) this._draw(late, false, false);
  }

  private _draw(target: Element | null, asked: boolean, lost: boolean): void {
    const { body } = this._piece;
    const { as } = this._now;
    this._target = target;
    this._found += lost ? 0 : 1;
    this._inside = as === "embedded" ? target : null;
    const plain = card(body, this._index, lost, this._before >= 0, this._buttons);
    if (!target) plain.classList.add("alone");
    const go = (key: string) => this._go(this._place(key), true);
    const made = this._rich?.enrich(plain, this._now, this._shell, body, go, this._stage) ?? plain;
    this._shell.stage.append(this._spot, made);
    this._card.remove();
    this._card = made;
    this._spot.className = `spot ${as}`;
    this._spot.hidden = !target || !!this._inside || as === "pointer";
    this._raise();
    if (target) reveal(target);
    this._follow(made, this._step.signal);
    this._greet(asked);
    if (!lost) advances(this._now, target, this._stage, this._step.signal, this._next, this._waits);
    alone(this._tell(this._step.signal));
  }

  /** Inside an element of the page, or above what it has raised since, and on a page whose body was replaced. */
  private _raise(): void {
    if (this._inside) this._shell.stand(this._inside);
    else this._shell.mount();
    this._rich?.raise(this._card);
  }

  private _greet(asked: boolean): void {
    this._shell.announce(spoken(this._card));
    const free = document.activeElement === document.body && !this._inside && this._now.as !== "pointer";
    if (asked || free) this._card.focus({ preventScroll: true });
  }

  /** Told once a step, and only when it could be seen. */
  private async _tell(signal: AbortSignal): Promise<void> {
    await painted();
    const { key } = this._now;
    if (signal.aborted || this._told === key || !this._card.offsetWidth) return;
    const first = !this._told && this._piece.status === "waiting";
    this._told = key;
    this._report(first ? "shown" : "step");
  }

  private _report(action: Action): void {
    this._stage.report(action, this._index, { stepKey: this._now.key });
  }

  /** Stays with the target through scrolling, resizing and animation, for as long as this is the card. */
  private _follow(card: HTMLElement, signal: AbortSignal): void {
    let [before, still, rest] = ["", 0, 0];
    const look = guard(() => {
      rest = 0;
      if (signal.aborted || card !== this._card) return;
      if (this._target && !visible(this._target)) return this._lose();
      this._raise();
      const now = this._arrange();
      still = now === before ? still + 1 : 0;
      before = now;
      if (still < STILL) requestAnimationFrame(look);
      else rest = setTimeout(look, LOOK_MS);
    });
    const wake = () => {
      clearTimeout(rest);
      if (rest) look();
    };
    look();
    addEventListener("scroll", wake, { capture: true, passive: true, signal });
  }

  private _lose(): void {
    const { on, element } = this._now.advance;
    if (on === "disappears" && !element) this._next();
    else this._again(false);
  }

  /** Gives where everything stands. */
  private _arrange(): string {
    if (!this._target || this._inside) return "";
    const { left, top, width, height } = box(this._target);
    const size = this._card.getBoundingClientRect();
    const view = { width: document.documentElement.clientWidth, height: innerHeight };
    const more = SPOT_MARGIN * 2;
    const spot = { left: left - SPOT_MARGIN, top: top - SPOT_MARGIN, width: width + more, height: height + more };
    const at = place(spot, size, view, this._piece.body.dir === "rtl");
    set(this._card, { left: at.left, top: at.top });
    set(this._spot, spot);
    this._rich?.point(this._card, spot, at);
    return JSON.stringify(spot);
  }

  /** Completed by whoever saw any of it; a guide that found nothing to show ends without a claim. */
  private _end(): void {
    this._leave(this._found ? "completed" : "dismissed")();
  }

  private _leave(action: Action): () => void {
    return () => this._stage.leave(action, this._index);
  }

  private get _steps(): Step[] {
    return this._piece.body.steps;
  }

  private get _now(): Step {
    return this._steps[this._index] as Step;
  }

  /** Nowhere (-1) is where a guide ends. */
  private _place(key: string | undefined): number {
    return this._steps.findIndex((step) => step.key === key);
  }

  private get _after(): number {
    const { then } = this._now;
    return then ? this._place(then) : this._index + 1;
  }

  private get _before(): number {
    const been = this._place(this._trail.at(-2));
    return been < 0 ? this._index - 1 : been;
  }

  private _next = guard(() => this._go(this._after, false));

  private _buttons = {
    next: () => this._go(this._after, true),
    back: () => {
      const before = this._before;
      this._trail.pop();
      this._go(before, true);
    },
    close: this._leave("dismissed"),
    later: this._leave("snoozed"),
    never: this._leave("refused"),
  };
}

const patience = () => import("./waits").catch(hush);

function set({ style }: HTMLElement, pixels: object): void {
  for (const [name, value] of Object.entries(pixels)) style.setProperty(name, `${value}px`);
}

/** Into the viewport, and into view of whatever it was scrolled away inside of. */
function reveal(element: Element): void {
  const { left, top, width, height } = box(element);
  const there = document.elementFromPoint(left + width / 2, top + height / 2);
  if (element.contains(there) || there?.contains(element)) return;
  element.scrollIntoView({ block: "center", behavior: calm() ? "auto" : "smooth" });
}
