"""The embedded engine: an index in a folder, kept by Whoosh with a codec of its own."""
