"""The address from which the sandbox's mails come: what a kept mail is compared with in the demo."""

SENDER = "nepasrepondre@sandbox.invalid"
