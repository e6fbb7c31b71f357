"""How answers reach readers: addresses of static files, what proxies may keep, compression."""
