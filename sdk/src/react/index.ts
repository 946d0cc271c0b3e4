/** The client in React: a provider, and a hook for each thing that changes. */
import type { AnyPiece, Kind, Milepost, Next, Observable, PieceOf, Plan } from "@milepost/sdk";
import { createContext, createElement, type ReactNode, useContext, useMemo, useSyncExternalStore } from "react";

const Context = createContext<Milepost | null>(null);

/** Gives the client to everything inside. Whoever made it closes it. */
export function MilepostProvider({ client, children }: { client: Milepost; children?: ReactNode }): ReactNode {
  return createElement(Context.Provider, { value: client }, children);
}

export function useMilepost(): Milepost {
  const client = useContext(Context);
  if (!client) throw new Error("useMilepost: there is no <MilepostProvider client={…}> around this component.");
  return client;
}

/** The open pieces, or those of one kind. */
export function usePieces(): readonly AnyPiece[];
export function usePieces<K extends Kind>(kind: K): readonly PieceOf<K>[];
export function usePieces(kind?: Kind): readonly AnyPiece[] {
  const pieces = useObserved(useMilepost().pieces);
  return useMemo(() => (kind ? pieces.filter(({ body }) => body.kind === kind) : pieces), [pieces, kind]);
}

export function usePlan(): Plan | null {
  return useObserved(useMilepost().plan);
}

/** The one thing to do now. */
export function useNext(): Next | null {
  return useObserved(useMilepost().next);
}

function useObserved<T>({ get, subscribe }: Observable<T>): T {
  return useSyncExternalStore(subscribe, get, get);
}
