"""Documents that leave the house: the sealed record on paper, and the program with which anyone checks it."""
