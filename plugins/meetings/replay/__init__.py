"""Replays a transcript into a meeting over HTTP, as a stenographer would write it (`./mingtang live replay`)."""
