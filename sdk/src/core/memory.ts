/** Small texts that outlive the page, where that is possible and allowed; else they live as long as the page. */

const PREFIX = "milepost.";

/** What keeps texts for the rest. */
export type Keeper = Pick<Memory, "get" | "set" | "alone" | "allow" | "clear">;

export class Memory {
  private _page = new Map<string, string>();
  private _lasting = false;

  /** What this page could not write down is newer than what is written. */
  get(name: string): string | null {
    return this._page.get(name) ?? (this._lasting ? recall(name) : null);
  }

  set(name: string, value: string): void {
    if (this._lasting && keep(name, value)) this._page.delete(name);
    else this._page.set(name, value);
  }

  /** Of several tabs that have it in common, one at a time, where the browser gives this page locks. */
  alone(run: () => Promise<void>): Promise<void> {
    return navigator.locks ? navigator.locks.request("milepost.outbox", run).catch(run) : run();
  }

  /** From now on things may be kept. */
  allow(): void {
    this._lasting = true;
    for (const [name, value] of [...this._page]) this.set(name, value);
  }

  /** Forgets everything, here and in the browser, and keeps nothing from now on. */
  clear(): void {
    this._page.clear();
    this._lasting = false;
    try {
      for (const name of Object.keys(localStorage)) if (name.startsWith(PREFIX)) localStorage.removeItem(name);
    } catch {
      // No storage, nothing to forget.
    }
  }
}

/** What an earlier page wrote down. */
export function recall(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

function keep(name: string, value: string): boolean {
  try {
    localStorage.setItem(PREFIX + name, value);
    return true;
  } catch {
    return false;
  }
}
