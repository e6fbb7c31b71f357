"""The portal: citizens write, departments answer, answers worth sharing are published."""

__version__ = "0.1.0"
