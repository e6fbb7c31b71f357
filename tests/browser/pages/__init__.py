"""Pages of the served letterbox, each looked at by itself."""
