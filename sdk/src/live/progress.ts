/**
 * What this browser did to pieces and the server may not know yet: a reload in between must neither show a piece again
 * nor go back a step. The server's word counts for everything else.
 */
import type { Host, Piece } from "../types";

interface Done {
  /** The step that was reached. */
  step: number;
  /** Not to be shown before this time (milliseconds); 0 when it may be. */
  until: number;
  /** What the piece itself remembers, for as long as it is open. */
  memo?: unknown;
}

const NAME = "pieces";
const MOST_KEPT = 40;
export const SNOOZE_MS = 24 * 3_600_000;

export class Progress {
  private _host: Host;

  constructor(host: Host) {
    this._host = host;
  }

  step(piece: Piece): number {
    return Math.max(piece.step, this._of(piece.id).step);
  }

  resting(piece: Piece): boolean {
    return this._of(piece.id).until > Date.now();
  }

  memo(id: number): unknown {
    return this._of(id).memo;
  }

  keep(id: number, memo: unknown): void {
    this._save(id, { memo });
  }

  reached(id: number, step: number): void {
    this._save(id, { step, until: 0 });
  }

  left(id: number, snoozed: boolean): void {
    this._save(id, snoozed ? { until: Date.now() + SNOOZE_MS } : { until: 8.64e15, memo: undefined });
  }

  private _of(id: number): Done {
    return this._all()[id] ?? { step: 0, until: 0 };
  }

  private _save(id: number, news: Partial<Done>): void {
    const kept = Object.entries({ ...this._all(), [id]: { ...this._of(id), ...news } }).slice(-MOST_KEPT);
    this._host.write(NAME, JSON.stringify(Object.fromEntries(kept)));
  }

  private _all(): Record<string, Done> {
    try {
      return JSON.parse(this._host.read(NAME) ?? "{}");
    } catch {
      return {};
    }
  }
}
