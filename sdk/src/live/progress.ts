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
    return Math.max(piece.step, this._all()[piece.id]?.step ?? 0);
  }

  resting(piece: Piece): boolean {
    return (this._all()[piece.id]?.until ?? 0) > Date.now();
  }

  reached(id: number, step: number): void {
    this._save(id, { step, until: 0 });
  }

  left(id: number, snoozed: boolean): void {
    this._save(id, { step: this._all()[id]?.step ?? 0, until: snoozed ? Date.now() + SNOOZE_MS : 8.64e15 });
  }

  private _save(id: number, done: Done): void {
    const kept = Object.entries({ ...this._all(), [id]: done }).slice(-MOST_KEPT);
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
