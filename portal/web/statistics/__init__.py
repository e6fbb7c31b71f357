"""Statistics on pages: the query of an address, and its figures in words and charts.

``query`` reads and makes addresses, ``page`` gathers what a template shows, ``choices``, ``charts``,
``comparison`` and ``quality`` are parts of that.
"""
