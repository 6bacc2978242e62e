"""The missing-mail checklist (rules §9): one file a check, what is known before asking, the order of asking.

It says what to ask and what an answer proves; the desk records it.
"""
