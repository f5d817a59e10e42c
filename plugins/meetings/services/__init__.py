"""Every write of the meetings plugin: called inside the caller's `write()`, flushes, never commits, raises refusals."""
