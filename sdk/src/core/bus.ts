/** Who wants to hear of what happens. A listener that fails disturbs nobody else. */

import type { Listener, Properties } from "../types";
import { guard } from "./guard";

export class Bus {
  private _listeners = new Map<string, Set<Listener>>();

  on(name: string, listener: Listener): void {
    const known = this._listeners.get(name) ?? new Set();
    this._listeners.set(name, known.add(listener));
  }

  off(name: string, listener: Listener): void {
    this._listeners.get(name)?.delete(listener);
  }

  emit(name: string, detail: Properties): void {
    for (const listener of [...(this._listeners.get(name) ?? [])]) guard(listener)(detail);
  }

  clear(): void {
    this._listeners.clear();
  }
}
