"""The account service as we see it: the published contract and a client."""
