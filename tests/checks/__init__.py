"""The missing-mail checklist."""
