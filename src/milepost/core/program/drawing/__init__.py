"""Steps and arrows as a drawing: laid out, written as SVG, or told to Mermaid."""
