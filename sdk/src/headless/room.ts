/** The pieces that are open for this person, and how far they are with each; nothing is drawn. */
import { guard, hush } from "../core/guard";
import type { Office } from "../live/office";
import { Progress } from "../live/progress";
import { follow, type News } from "../live/stream";
import type { Entry, Host, Live, Piece } from "../types";
import type { AnyPiece } from "./public";
import type { Value } from "./value";

export class Room implements Live {
  private _open = new Map<number, Piece>();
  private _progress: Progress;
  private _over = new AbortController();
  private _office: Office;
  private _pieces: Value<readonly AnyPiece[]>;
  private _news: () => void;

  /** `news`: what the server knows of this person may have changed. */
  constructor(host: Host, office: Office, pieces: Value<readonly AnyPiece[]>, news: () => void) {
    this._office = office;
    this._pieces = pieces;
    this._news = news;
    this._progress = new Progress(host);
    this._follow();
  }

  /** Nothing of whoever was here is told any more. */
  leave(): void {
    this._open.clear();
    this._tell();
  }

  /** Somebody else is here. */
  changed(): void {
    this.stop();
    this._office.renew();
    this._follow();
  }

  carry(entry: Entry): Promise<number | null> {
    return this._office.carry(entry);
  }

  help(): void {}

  stop(): void {
    this._over.abort();
    this.leave();
  }

  reached(id: number, step: number): void {
    this._progress.reached(id, step);
    this._tell();
  }

  left(id: number, snoozed: boolean): void {
    this._progress.left(id, snoozed);
    this._tell();
  }

  seen(id: number): void {
    const piece = this._open.get(id);
    if (piece) this._open.set(id, { ...piece, status: "shown" });
    this._tell();
  }

  private _follow(): void {
    this._over = new AbortController();
    follow(
      this._office,
      guard((news: News) => this._hear(news)),
      this._over.signal,
    ).catch(hush);
  }

  private _hear(news: News): void {
    if ("piece" in news) this._put(news.piece);
    else if ("retract" in news) this._open.delete(news.retract);
    else for (const id of [...this._open.keys()]) if (!news.open.includes(id)) this._open.delete(id);
    this._tell();
    this._news();
  }

  /** A stream that begins anew brings much of what is here already. */
  private _put(piece: Piece): void {
    const before = this._open.get(piece.id);
    this._open.set(piece.id, before && before.version === piece.version ? { ...piece, body: before.body } : piece);
  }

  /** A piece that is as it was stays the same object, so that whoever draws it need not draw it again. */
  private _tell(): void {
    const before = new Map(this._pieces.get().map((piece) => [piece.id, piece]));
    const awake = [...this._open.values()].filter((piece) => !this._progress.resting(piece));
    const now = awake.sort((a, b) => a.id - b.id).map((piece) => this._as(piece, before.get(piece.id)));
    if (now.length !== before.size || now.some((piece) => before.get(piece.id) !== piece)) this._pieces.set(now);
  }

  private _as(piece: Piece, before: AnyPiece | undefined): AnyPiece {
    const step = this._progress.step(piece);
    const same = before?.body === piece.body && before.step === step && before.status === piece.status;
    return same ? before : ({ ...piece, step } as AnyPiece);
  }
}
