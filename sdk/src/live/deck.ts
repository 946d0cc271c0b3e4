/** The pieces that are open for this person, of which one at a time is on the screen. */
import { guard } from "../core/guard";
import type { Action, Host, Listener, Piece, Shown, Stage } from "../types";
import { here } from "./page";
import { Progress } from "./progress";
import { claim } from "./tabs";

interface Exhibit {
  piece: Piece;
  /** Absent while its code is on the way. */
  shown?: Shown | undefined;
  release(): void;
}

export interface Show {
  show(piece: Piece, stage: Stage): Shown;
}

const LOOK_MS = 250;

export class Deck {
  private _pieces = new Map<number, Piece>();
  private _exhibit: Exhibit | null = null;
  private _progress: Progress;
  private _timer: ReturnType<typeof setInterval> | undefined;
  private _wanted = "";
  private _look = guard(() => this._consider());
  private _want: Listener = guard(({ content }) => {
    this._wanted = content as string;
  });

  private _host: Host;
  private _over: (id: number) => void;

  constructor(host: Host, over: (id: number) => void) {
    this._host = host;
    this._over = over;
    this._progress = new Progress(host);
    host.on("started", this._want);
    document.addEventListener("visibilitychange", this._look);
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

  put(piece: Piece): void {
    this._pieces.set(piece.id, piece);
    this._timer ??= setInterval(this._look, LOOK_MS); // pages of today change their address without saying so
    this._look();
  }

  drop(id: number): void {
    this._pieces.delete(id);
    if (this._exhibit?.piece.id === id) this._clear();
    if (!this._pieces.size) this._rest();
    this._look();
  }

  stop(): void {
    this.keep([]);
    this._host.off("started", this._want);
    document.removeEventListener("visibilitychange", this._look);
  }

  private _consider(): void {
    const next = this._next();
    const now = this._exhibit?.piece;
    if (now?.id === next?.id || (now?.body.kind === "celebration" && this._exhibit?.shown)) return;
    this._clear();
    if (next) this._put(next).catch(() => this.drop(next.id)); // its code did not come: another page may have it
  }

  /** A win first, then what was asked for, then what was begun, then what came first. */
  private _next(): Piece | undefined {
    const rank = (piece: Piece): number => {
      if (piece.body.kind === "celebration") return 0;
      if (piece.content === this._wanted) return 1;
      return piece.status === "shown" ? 2 : 3;
    };
    const fit = document.visibilityState === "visible" ? this.all().filter((piece) => this._fits(piece)) : [];
    return fit.sort((a, b) => rank(a) - rank(b) || a.id - b.id)[0];
  }

  private _fits(piece: Piece): boolean {
    return !this._progress.resting(piece) && here(piece.body.page.url ?? [], location);
  }

  private async _put(piece: Piece): Promise<void> {
    const exhibit: Exhibit = { piece, release() {} };
    this._exhibit = exhibit;
    const { show } = await this._host.load<Show>(piece.body.kind);
    const mine = await claim(piece.id, (release) => {
      exhibit.release = release;
      if (this._exhibit !== exhibit) return release();
      exhibit.shown = show({ ...piece, step: this._progress.step(piece) }, this._stage(piece));
    });
    if (!mine && this._exhibit === exhibit) this._exhibit = null;
  }

  private _stage(piece: Piece): Stage {
    const { id, content } = piece;
    const report = (action: Action, step?: number) => this._host.report(action, content, id, step);
    return {
      reached: guard((step) => this._progress.reached(id, step)),
      report: guard((action, step) => {
        if (action === "shown") piece.status = "shown"; // the server will say so too; a win in between is sooner
        report(action, step);
      }),
      leave: guard((action, step) => {
        this._progress.left(id, action === "snoozed");
        report(action, step);
        this._over(id);
        this.drop(id);
      }),
      on: (name, listener) => this._host.on(name, listener),
      off: (name, listener) => this._host.off(name, listener),
    };
  }

  private _clear(): void {
    this._exhibit?.shown?.remove();
    this._exhibit?.release();
    this._exhibit = null;
  }

  private _rest(): void {
    clearInterval(this._timer);
    this._timer = undefined;
  }
}
