"""The browser's edge: sessions, the stream of pieces, what browsers report, the SDK's files. Raw ASGI, no pages."""
