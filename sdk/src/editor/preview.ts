/** The piece as people see it: drawn by the very part of the SDK that draws it for them. Nothing is reported or kept. */
import type { Body, Host, Piece, Shown, Stage } from "../types";

interface Draws {
  show(piece: Piece, stage: Stage): Shown;
}

/** `reached` hears of each step, `over` when it was left. */
export async function preview(
  host: Host,
  body: Body,
  step: number,
  reached: (step: number) => void,
  over: () => void,
): Promise<Shown> {
  const { show } = await host.load<Draws>(body.kind);
  const piece: Piece = { id: 0, content: "preview", status: "waiting", version: 1, step, body };
  let shown: Shown | null = null;
  const leave = () => {
    shown?.remove();
    shown = null;
    over();
  };
  const nothing = () => {};
  const stage: Stage = {
    reached,
    report: nothing,
    leave,
    finish: leave,
    send: async () => null,
    recall: () => undefined,
    keep: nothing,
    start: nothing,
    help: nothing,
    track: nothing,
    beacon: nothing,
    emit: nothing,
    load: (name) => host.load(name),
    on: (name, listener) => host.on(name, listener),
    off: (name, listener) => host.off(name, listener),
  };
  shown = show(piece, stage);
  return { remove: () => shown?.remove() };
}
