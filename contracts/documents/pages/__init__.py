"""Documents over HTTP: what pages and API have in common, the content itself, the screens."""
