/** Small texts that outlive the program, where the host gave something to keep them in; else they live as long as it. */
import type { Keeper } from "../core/memory";
import type { Storage } from "./public";

const PREFIX = "milepost.";
/** Every name under which anything is kept. */
const NAMES = ["anonymous", "user", "outbox", "pieces", "consent", "outdated", "look"];

export class Store implements Keeper {
  private _here = new Map<string, string>();
  private _lasting = false;
  private _storage: Storage | undefined;

  constructor(storage: Storage | undefined) {
    this._storage = storage;
  }

  get(name: string): string | null {
    return this._here.get(name) ?? (this._lasting ? this.recall(name) : null);
  }

  set(name: string, value: string): void {
    if (this._lasting && this._keep(name, value)) this._here.delete(name);
    else this._here.set(name, value);
  }

  /** What an earlier run wrote down. */
  recall(name: string): string | null {
    try {
      return this._storage?.getItem(PREFIX + name) ?? null;
    } catch {
      return null;
    }
  }

  allow(): void {
    this._lasting = true;
    for (const [name, value] of [...this._here]) this.set(name, value);
  }

  clear(): void {
    this._here.clear();
    this._lasting = false;
    try {
      for (const name of NAMES) this._storage?.removeItem(PREFIX + name);
    } catch {
      // What cannot be reached cannot be forgotten.
    }
  }

  /** Nobody else has it, but where it is the browser's own, which its tabs share. */
  alone(run: () => Promise<void>): Promise<void> {
    const shared = this._storage !== undefined && this._storage === globalThis.localStorage;
    return shared && navigator.locks ? navigator.locks.request("milepost.outbox", run) : run();
  }

  private _keep(name: string, value: string): boolean {
    try {
      this._storage?.setItem(PREFIX + name, value);
      return this._storage !== undefined;
    } catch {
      return false;
    }
  }
}
