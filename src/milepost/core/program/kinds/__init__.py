"""One file for each kind of definition. Adding a kind is adding a file here and a line in `document.py`."""
