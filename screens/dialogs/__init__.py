"""Dialogs: one sentence says the consequence, V validates, Échap leaves; Annuler has the focus."""
