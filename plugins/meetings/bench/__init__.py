"""`./mingtang bench live`: what a crowd of readers costs and how long a line takes to them, beside a peer."""
