"""A small ameli to run against: account service, web pages, mail world, people."""
