"""The ways on which messages leave the letterbox: each a class with ``send`` and ``close``."""
