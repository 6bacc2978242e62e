"""ameli-support: helping people finish opening their compte ameli."""
