"""Each headline number beside its limit or peer, measured in the same run: `python -m bench [ROW …]`."""
