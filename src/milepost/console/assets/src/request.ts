/** What htmx tells of a request, before it goes and after its answer. */
export type RequestEvent = CustomEvent<{ ctx?: { request?: { action?: string }; response?: { status?: number } } }>;
