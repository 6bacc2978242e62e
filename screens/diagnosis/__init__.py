"""Diagnostic, the missing mail: `screen` draws, `acts` and `ending` are its keys, `telling` its texts."""
