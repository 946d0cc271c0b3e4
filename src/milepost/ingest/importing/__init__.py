"""Bringing a history in from a file: CSV, JSON lines or Parquet become facts of source `import`.

file ─ reading ─► rows, or what is broken ─ rows.Reader ─► facts ─ importer ─► log, in chunks, resumable
                 columns: which column says who, what and when
"""
