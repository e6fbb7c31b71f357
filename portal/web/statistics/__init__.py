"""Statistics on pages: what an address asks for, and how the answer is put into words and charts.

``wish`` reads the address, ``choices`` offers what may be asked, ``values`` gathers what a template
shows, ``charts``, ``comparison`` and ``quality`` are parts of that, ``addresses`` leads onward.
"""
