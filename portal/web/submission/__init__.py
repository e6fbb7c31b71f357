"""Handing something in, on the web and at the counter: the form, its page, the receipt.

``form`` is what is typed, ``page`` takes it step by step, ``previewed`` adds a preview with an address
of its own, ``unsent`` keeps what was typed until then and ``receipts`` shows number and code.
"""
