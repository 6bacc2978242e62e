"""Where cases live: an encrypted file of one machine, or a PostgreSQL that workstations share."""
