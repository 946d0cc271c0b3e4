/**
 * The pieces that are open for this person. Of those that take the stage, one at a time is on one screen; a checklist
 * keeps to its corner, and what stands inside the page stands there as long as it may.
 */
import { guard } from "../core/guard";
import type { Action, Details, Host, Listener, Piece, Shown, Stage } from "../types";
import { Moments } from "./moments";
import type { Office } from "./office";
import { Progress } from "./progress";
import { claim } from "./tabs";

interface Exhibit {
  piece: Piece;
  /** Absent while its code is on the way. */
  shown?: Shown | undefined;
  /** It is over, and says its last words. */
  over?: boolean;
  /** Lets another tab have it. */
  release?: (() => void) | undefined;
}

export interface Show {
  show(piece: Piece, stage: Stage): Shown;
}

interface Looks {
  wear(look: string): void;
}

export interface Around {
  /** A piece is over, in every tab. */
  over(id: number): void;
  /** Whether a piece has the screen for itself. */
  alone(modal: boolean): void;
  help(): void;
}

const LOOK_MS = 250;
const SOON_MS = 50;

export class Deck {
  private _pieces = new Map<number, Piece>();
  private _exhibits = new Map<number, Exhibit>();
  private _progress: Progress;
  private _moments: Moments;
  private _wanted = "";
  private _held = false;
  private _soon: ReturnType<typeof setTimeout> | undefined;
  private _look = guard(() => this._consider());
  private _timer: ReturnType<typeof setInterval> | undefined;
  private _gone = new AbortController();
  private _observer = new MutationObserver(() => {
    this._soon ??= setTimeout(() => {
      this._soon = undefined;
      this._look();
    }, SOON_MS);
  });
  private _want: Listener = ({ content }) => {
    this._wanted = content as string;
  };

  private _host: Host;
  private _office: Office;
  private _around: Around;

  constructor(host: Host, office: Office, around: Around) {
    this._host = host;
    this._office = office;
    this._around = around;
    this._progress = new Progress(host);
    const { signal } = this._gone;
    this._moments = new Moments(host, () => this._look(), signal);
    host.on("started", this._want);
    document.addEventListener("visibilitychange", this._look, { signal });
    routes?.addEventListener(ROUTED, this._look, { signal });
    this._look();
  }

  all(): Piece[] {
    return [...this._pieces.values()];
  }

  /** These are all there are. */
  set(pieces: Piece[]): void {
    this.keep(pieces.map((piece) => piece.id));
    for (const piece of pieces) this.put(piece);
  }

  keep(ids: number[]): void {
    for (const id of [...this._pieces.keys()]) if (!ids.includes(id)) this.drop(id);
  }

  /** A piece that is new or has changed. What was drawn of an earlier version is drawn anew, where the person is. */
  put(piece: Piece): void {
    if (!piece.body.page) return;
    const before = this._pieces.get(piece.id)?.version ?? 0;
    const version = piece.version ?? 0;
    if (version < before) return;
    this._pieces.set(piece.id, piece);
    const exhibit = this._exhibits.get(piece.id);
    if (exhibit) exhibit.piece = piece;
    if (exhibit?.shown && version > before) this._renew(exhibit);
    this._look();
  }

  drop(id: number): void {
    this._pieces.delete(id);
    const exhibit = this._exhibits.get(id);
    if (exhibit && !exhibit.over) this._clear(exhibit);
    this._look();
  }

  /** Something that the person asked for has the screen. */
  hold(held: boolean): void {
    this._held = held;
    this._look();
  }

  /** Nothing is left, not even last words. */
  clear(): void {
    this._pieces.clear();
    for (const exhibit of [...this._exhibits.values()]) this._clear(exhibit);
    this._look();
  }

  stop(): void {
    this._gone.abort();
    this.clear();
    clearTimeout(this._soon);
    this._host.off("started", this._want);
  }

  private _consider(): void {
    this._watch();
    if (this._over) return;
    this._moments.look();
    const fit = this.all().filter((piece) => this._fits(piece));
    const overlay = this._overlay(fit.filter(queued));
    const list = first(fit.filter(listed), (piece) => this._rank(piece));
    const wanted = [...fit.filter(inline), list, overlay].filter((piece) => !!piece);
    for (const exhibit of [...this._exhibits.values()])
      if (!wanted.some((piece) => piece.id === exhibit.piece.id)) this._clear(exhibit);
    for (const piece of wanted) if (!this._exhibits.has(piece.id)) this._put(piece).catch(() => this.drop(piece.id)); // another page may have its code
    this._cover(!!overlay || this._held);
    this._around.alone(!!overlay?.body.modal);
  }

  /** What has the stage. A win, a survey that is being answered, and whoever says their last words, are not interrupted. */
  private _overlay(fit: Piece[]): Piece | undefined {
    if (this._held) return undefined;
    const now = [...this._exhibits.values()].find(({ piece }) => queued(piece));
    if (now?.shown && (now.over || this._busy(now.piece))) return now.piece;
    return document.visibilityState === "visible" ? first(fit, (piece) => this._rank(piece)) : undefined;
  }

  private _busy({ id, body }: Piece): boolean {
    return body.kind === "celebration" || (body.kind === "survey" && !!this._progress.memo(id));
  }

  /** A win first, then what was asked for, then what was begun, then what came first. */
  private _rank(piece: Piece): number {
    if (piece.body.kind === "celebration") return 0;
    if (piece.content === this._wanted) return 1;
    return piece.status === "shown" ? 2 : 3;
  }

  private _fits(piece: Piece): boolean {
    const awake = piece.content === this._wanted || !this._progress.resting(piece);
    return awake && this._moments.allow(piece.body.page, piece.status === "shown" || piece.content === this._wanted);
  }

  private async _put(piece: Piece): Promise<void> {
    const exhibit: Exhibit = { piece };
    this._exhibits.set(piece.id, exhibit);
    const look = this._host.read("look");
    if (look) (await this._host.load<Looks>("look")).wear(look);
    const { show } = await this._host.load<Show>(piece.body.kind);
    const begin = (release?: () => void) => {
      exhibit.release = release;
      if (this._exhibits.get(piece.id) !== exhibit) return release?.();
      exhibit.shown = guard(show)(this._placed(exhibit), this._stage(exhibit));
      if (exhibit.shown) this._look();
      else this.drop(piece.id); // it cannot be drawn; what comes after it can
    };
    if (!queued(piece)) return begin();
    const mine = await claim(piece.id, begin);
    if (!mine && this._exhibits.get(piece.id) === exhibit) this._exhibits.delete(piece.id);
  }

  private _renew(exhibit: Exhibit): void {
    if (exhibit.shown?.update) exhibit.shown.update(this._placed(exhibit));
    else this._clear(exhibit);
  }

  private _placed({ piece }: Exhibit): Piece {
    return { ...piece, step: this._progress.step(piece) };
  }

  private _stage(exhibit: Exhibit): Stage {
    const { id, content } = exhibit.piece;
    const report = (action: Action, step?: number, more?: Details) => {
      if (action === "shown") exhibit.piece.status = "shown"; // the server will say so too; a win in between is sooner
      this._host.report(action, content, { piece: id, ...(step !== undefined && { step }), ...more });
    };
    const end = (action?: Action, step?: number) => {
      if (exhibit.over) return;
      exhibit.over = true;
      if (this._wanted === content) this._wanted = "";
      this._progress.left(id, action === "snoozed");
      if (action) report(action, step);
      this._around.over(id);
      this._pieces.delete(id);
    };
    return {
      reached: (step) => this._progress.reached(id, step),
      report: guard(report),
      finish: guard(end),
      leave: guard((action, step) => {
        end(action, step);
        this._clear(exhibit);
        this._look();
      }),
      send: (to, body) => this._office.send(to, body),
      recall: <T>() => this._progress.memo(id) as T | undefined,
      keep: (memo) => this._progress.keep(id, memo),
      start: (key) => this._host.start(key),
      help: guard(() => this._around.help()),
      load: this._host.load,
      track: (event, properties) => this._host.track(event, properties),
      beacon: () => this._host.beacon(),
      emit: (name, detail) => this._host.emit(name, detail),
      on: (name, listener) => this._host.on(name, listener),
      off: (name, listener) => this._host.off(name, listener),
    };
  }

  private get _over(): boolean {
    return this._gone.signal.aborted;
  }

  private _cover(covered: boolean): void {
    for (const { shown } of this._exhibits.values()) shown?.cover?.(covered);
  }

  private _clear(exhibit: Exhibit): void {
    this._exhibits.delete(exhibit.piece.id);
    guard(() => exhibit.shown?.remove())();
    exhibit.release?.();
  }

  /** Looks now and then only while there is something to show (or a browser does not say when its address changes), and
   * at every change of the page only while something waits for an element. */
  private _watch(): void {
    const open = this.all();
    if (this._over || (routes && !open.length)) {
      clearInterval(this._timer);
      this._timer = undefined;
    } else this._timer ??= setInterval(this._look, LOOK_MS);
    if (open.some(({ body }) => body.page.element))
      this._observer.observe(document, { childList: true, subtree: true, attributes: true });
    else this._observer.disconnect();
  }
}

/** Says that the address has changed, where the browser can. */
const ROUTED = "currententrychange";
const routes = (window as { navigation?: EventTarget }).navigation;

const inline = ({ body }: Piece): boolean | undefined => body.standing;
const listed = ({ body }: Piece): boolean => body.kind === "checklist";
const queued = (piece: Piece): boolean => !inline(piece) && !listed(piece);

function first(pieces: Piece[], rank: (piece: Piece) => number): Piece | undefined {
  return [...pieces].sort((a, b) => rank(a) - rank(b) || a.id - b.id)[0];
}
