"""The web site that insured persons see: sign-up, login, the steps, the link of the mail (rules §1, §3)."""
