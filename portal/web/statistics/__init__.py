"""Statistics on pages: what an address asks for, and how the answer is put into words and charts.

``query`` reads and makes addresses, ``page`` gathers what a template shows, ``choices``, ``charts``,
``comparison`` and ``quality`` are parts of that.
"""
