"""Files that come with letters and requests: which are taken, under which names, and within what bounds."""
