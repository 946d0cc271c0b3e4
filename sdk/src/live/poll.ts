/**
 * The same news where no stream comes through: a request that the server answers once something has changed. The answer
 * says what is open, so nothing can be missed between two of them.
 */
import { wait } from "../core/guard";
import type { Piece } from "../types";
import type { Attempt } from "./stream";

/** How long the server is to wait for news, and how long it takes before nobody answers. */
const WAIT_S = 15;
const SILENCE_MS = 30_000;
/** Somebody on the way may answer at once with what was already known. */
const PAUSE_MS = 1000;

interface Open {
  open: number[];
  pieces: Piece[];
  since: string;
}

/** Rejects when a request fails; ends after so many milliseconds. */
export async function poll(attempt: Attempt, milliseconds: number): Promise<void> {
  let held = "";
  for (const end = Date.now() + milliseconds; Date.now() < end; ) {
    const answer = await attempt.ask(`pieces?wait=${WAIT_S}&since=${held}`, SILENCE_MS);
    const { open, pieces, since }: Open = await answer.json();
    if (since === held) await wait(PAUSE_MS);
    else {
      attempt.tell({ open });
      for (const piece of pieces) attempt.tell({ piece });
    }
    held = since;
  }
}
