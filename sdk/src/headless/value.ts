/** Something that changes, and whoever wants to know. */
import { guard } from "../core/guard";
import type { Observable } from "./public";

export class Value<T> implements Observable<T> {
  private _listeners = new Set<(value: T) => void>();
  private _value: T;
  private _watched: () => void;

  /** `watched`: somebody begins to listen. */
  constructor(value: T, watched: () => void = () => {}) {
    this._value = value;
    this._watched = watched;
  }

  // Bound, so that both can be handed on as they are.
  get = (): T => this._value;

  subscribe = (listener: (value: T) => void): (() => void) => {
    const own = guard(listener);
    this._listeners.add(own);
    this._watched();
    return () => {
      this._listeners.delete(own);
    };
  };

  get heard(): boolean {
    return this._listeners.size > 0;
  }

  set(value: T): void {
    if (value === this._value) return;
    this._value = value;
    for (const listener of [...this._listeners]) listener(value);
  }
}
