"""Periods, rates and the measures behind them."""
