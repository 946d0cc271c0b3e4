"""The rules of experiments: who gets which variant."""
