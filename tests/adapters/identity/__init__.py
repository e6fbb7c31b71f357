"""Signing in with identity providers."""
