"""The CPAM document as pure values and rules: no I/O, no clock, every instant is an argument."""
