"""Every write of the plugin: called inside the caller's `write()`, flushes, never commits, raises refusals."""
