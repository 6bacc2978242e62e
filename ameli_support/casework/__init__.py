"""What an agent does: find, verify the caller, act, note, hand over, close. `desk.Desk` is the way in."""
